/** True if every word is somewhere in the texts; large or small letters, and е or ё, are the same. */
export function isFound(texts: readonly string[], query: string): boolean {
  const text = folded(texts.join(' '));
  return folded(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const folded = (text: string): string => text.toLocaleLowerCase().replaceAll('ё', 'е');
