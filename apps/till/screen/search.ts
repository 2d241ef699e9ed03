/** True where every word is somewhere in the texts; large or small letters, and е or ё, are the same. */
export function isFound(texts: readonly string[], words: string): boolean {
  const text = plain(texts.join(' '));
  return plain(words)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const plain = (text: string): string => text.toLocaleLowerCase().replaceAll('ё', 'е');
