export { fillWords, type Language, languages } from './language.ts';
export { aheadWords, dayWords, isSameDay, momentWords } from './moments.ts';
export { type RefusalWords, refusalWords } from './refusals.ts';
