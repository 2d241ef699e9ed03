import { Problem } from '@bivak/domain';
import { z } from 'zod';
import type { PageEnd } from '../store/index.ts';

/** The store's text holds no NUL; no search needs a control character. */
export const plainText = z.string().regex(/^\P{Cc}*$/u, 'holds a control character');

/** The page size and cursor of a list that is ordered by an instant and an id, the newest first. */
export const pageQuery = (usualLimit: number) => ({
  limit: z.coerce.number().int().min(1).max(500).default(usualLimit),
  cursor: plainText.max(120).optional(),
});

/** A page of such a list, with the cursor of the next one; null if this one was not full, and so the last. */
export function pageOf<Item>(
  items: Item[],
  limit: number,
  endOf: (item: Item) => { at: string; id: string },
): { items: Item[]; nextCursor: string | null } {
  const last = items.at(-1);
  if (items.length < limit || last === undefined) return { items, nextCursor: null };
  const { at, id } = endOf(last);
  return { items, nextCursor: `${at}_${id}` };
}

const cursorForm = z
  .string()
  .regex(/^\d{4}-[\dT:.-]+Z_.+$/)
  .transform((cursor) => ({
    at: new Date(cursor.slice(0, cursor.indexOf('_'))),
    id: cursor.slice(cursor.indexOf('_') + 1),
  }))
  .refine(({ at }) => !Number.isNaN(at.getTime()));

/** Reads a cursor that {@link pageOf} made. Throws Problem `bad-cursor`. */
export function readCursor(cursor: string | undefined): PageEnd | null {
  if (cursor === undefined) return null;
  const { data } = cursorForm.safeParse(cursor);
  if (data === undefined) throw new Problem('bad-cursor', {});
  return data;
}
