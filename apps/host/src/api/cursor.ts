import { Problem } from '@bivak/http-api';
import { z } from 'zod';

/** The store's text holds no NUL; no search needs a control character. */
export const plainText = z.string().regex(/^\P{Cc}*$/u, 'holds a control character');

/** Where a page of a list ends that is ordered by an instant and an id, the newest first. */
export interface PageEnd {
  at: Date;
  id: string;
}

/** The page size and cursor of such a list. */
export const pageQuery = (usual: number) => ({
  limit: z.coerce.number().int().min(1).max(500).default(usual),
  cursor: plainText.max(120).optional(),
});

/** The cursor of the next page; null where this one was not full, and so the last. */
export function nextCursor(found: number, limit: number, last: PageEnd | undefined): string | null {
  return found < limit || last === undefined ? null : `${last.at.toISOString()}_${last.id}`;
}

/** Reads a cursor that {@link nextCursor} made. Throws Problem 400. */
export function readCursor(cursor: string | undefined): PageEnd | null {
  if (cursor === undefined) return null;
  const [, at, id] = /^(\d{4}-[\dT:.-]+Z)_(.+)$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)))
    throw new Problem(400, 'bad-cursor', 'The cursor is not one that this list gave.');
  return { at: new Date(at), id };
}
