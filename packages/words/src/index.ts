export { fillWords, type Language, languages, plural } from './language.ts';
export { type RefusalWords, refusalWords } from './refusals.ts';
