import type { FieldSpec, Padding } from './specification.ts';

/** Makes a value that is too short as long as a fixed field wants it. */
export type Fill = (value: string, length: number) => string;

/** Throws an Error if the specification makes no sense. */
export function fillOf(number: number, spec: FieldSpec, byEncoding: Padding): Fill {
  const padding = spec.pad ?? byEncoding;
  if (padding === 'none') return (value) => value;
  const { side, with: filling } = padding;
  if (filling.length !== 1 || (side !== 'left' && side !== 'right'))
    throw new Error(`field ${number} (${spec.name}) is filled on the left or right, with one character`);
  const fill: Fill = (value, length) =>
    side === 'left' ? value.padStart(length, filling) : value.padEnd(length, filling);
  // The sign stays before what is filled.
  if (spec.enc.startsWith('amount'))
    return (value, length) => value.slice(0, 1) + fill(value.slice(1), length - 1);
  return fill;
}
