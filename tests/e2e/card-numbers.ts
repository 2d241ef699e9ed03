import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A card number as it may stand in bytes: its digits, packed two a byte, and both of them written as hex. */
export function formsOf(pan: string): Buffer[] {
  const packed = Buffer.from(pan.length % 2 === 0 ? pan : `${pan}0`, 'hex');
  const ascii = Buffer.from(pan, 'latin1');
  return [
    ascii,
    packed,
    Buffer.from(ascii.toString('hex'), 'latin1'),
    Buffer.from(ascii.toString('base64').replace(/=+$/, '').slice(0, -1), 'latin1'),
  ];
}

/** Where any of the card numbers stands: the name of each place that holds one. */
export function placesWithCardNumbers(
  pans: readonly string[],
  places: Iterable<{ name: string; bytes: Buffer }>,
): string[] {
  const forms = pans.flatMap(formsOf);
  const found: string[] = [];
  for (const { name, bytes } of places) if (forms.some((form) => bytes.includes(form))) found.push(name);
  return found;
}

/** Every file below a folder, with its bytes. */
export function* filesBelow(folder: string): Generator<{ name: string; bytes: Buffer }> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const name = join(entry.parentPath, entry.name);
    yield { name, bytes: readFileSync(name) };
  }
}
