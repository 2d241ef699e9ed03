import { roomsPictures } from './rooms.ts';

const [begin, end] = ['<!-- drawn by npm run rooms -->', '<!-- end -->'];

/** The page with its pictures drawn anew. Throws an Error if it has no place for them. */
export function withRoomsPictures(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no "${begin}" followed by "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${roomsPictures()}\n\n${page.slice(to)}`;
}
