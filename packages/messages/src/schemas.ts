import { z } from 'zod';
import { codes } from './languages.ts';

/** A language's code, as settings and addresses have it. */
export const language = z.enum(codes);

/** A name that people gave, in the languages in which they gave it ("Банк Север", "North Bank"). */
export const localName = z.partialRecord(language, z.string());
