/** A text in parts, of which some lead somewhere; a sentence's end is no part of an address. */
export function linkedParts(text: string): { text: string; link?: string }[] {
  return text
    .split(/(https?:\/\/\S*[^\s.,;:!?)»"])/)
    .filter((part) => part !== '')
    .map((part) => (/^https?:\/\//.test(part) ? { text: part, link: part } : { text: part }));
}
