import { z } from 'zod';
import { codes } from './languages.ts';

/** A language's code, as settings and addresses have it. */
export const language = z.enum(codes);
