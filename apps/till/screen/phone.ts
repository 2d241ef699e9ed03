/** A whole phone number in E.164. A Russian one has ten digits after +7: one more or less is another person, or nobody. */
export function isPhone(text: string): boolean {
  return text.startsWith('+7') ? /^\+7\d{10}$/.test(text) : /^\+[1-9]\d{6,14}$/.test(text);
}

const maxPhoneChars = 16;

/** The number after one more key; a number that is whole already takes no more digits. */
export function typePhone(before: string, key: string): string {
  if (key === '+') return '+';
  const grown = before === '' ? `+${key}` : before + key;
  // "8 916 …" is how the number is said in Russia; abroad it is +7.
  const text = grown === '+78' ? '+7' : grown;
  const maxChars = text.startsWith('+7') ? 12 : maxPhoneChars;
  return text.length > maxChars ? before : text;
}

/** The number as people read it: "+7 916 123-45-67". */
export function showPhone(text: string): string {
  const [, area, first, second, third] = /^\+7(\d{0,3})(\d{0,3})(\d{0,2})(\d{0,2})$/.exec(text) ?? [];
  if (area === undefined) return text;
  const rest = [first, second, third].filter((part) => part !== undefined && part !== '').join('-');
  return ['+7', area, rest].filter((part) => part !== '').join('\u00a0');
}
