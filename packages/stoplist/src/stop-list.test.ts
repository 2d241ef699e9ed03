import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyMessage,
  buildDelta,
  buildSnapshot,
  describeStopList,
  emptyStopList,
  isListed,
  type StopList,
} from './index.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const reference = (number: number): string => number.toString(16).padStart(8, '0').repeat(8);
const cards = (numbers: number[]): string[] => numbers.map(reference);
const snapshot = (version: number, numbers: number[]): string =>
  buildSnapshot({ version, issuedAtMs: 1_000 * version, cardReferences: cards(numbers) }, privateKey);
const applied = (current: StopList, message: string): StopList => {
  const result = applyMessage(current, message, publicKey);
  if (!result.ok) throw new Error(result.error);
  return result.list;
};
const numbers = fc.uniqueArray(fc.nat(500), { maxLength: 60 });

describe('a stop-list', () => {
  it('holds what was signed', () => {
    const list = applied(emptyStopList, snapshot(3, [1, 2]));
    expect(list.version).toBe(3);
    expect([isListed(list, reference(1)), isListed(list, reference(3))]).toEqual([true, false]);
  });

  it('a delta leads to the same list as the snapshot', () => {
    fc.assert(
      fc.property(numbers, numbers, (before, after) => {
        const from = applied(emptyStopList, snapshot(1, before));
        const delta = buildDelta(
          { version: 1, cardReferences: cards(before) },
          { version: 2, issuedAtMs: 2_000, cardReferences: cards(after) },
          privateKey,
        );
        expect(applied(from, delta)).toEqual(applied(emptyStopList, snapshot(2, after)));
      }),
    );
  });

  it('never goes back, and takes no delta of another version', () => {
    const list = applied(emptyStopList, snapshot(5, [1]));
    expect(applyMessage(list, snapshot(4, []), publicKey)).toEqual({ ok: false, error: 'older-version' });
    const delta = buildDelta(
      { version: 3, cardReferences: [] },
      { version: 6, issuedAtMs: 1, cardReferences: [] },
      privateKey,
    );
    expect(applyMessage(list, delta, publicKey)).toEqual({ ok: false, error: 'gap' });
    expect(applyMessage(list, snapshot(5, [9]), publicKey)).toEqual({ ok: true, list });
  });

  it('is taken only from the host, unaltered', () => {
    const message = snapshot(1, [1, 2, 3]);
    expect(applyMessage(emptyStopList, message, stranger.publicKey)).toEqual({
      ok: false,
      error: 'bad-signature',
    });
    const bytes = Buffer.from(message, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= by;
        const result = applyMessage(emptyStopList, changed.toString('base64'), publicKey);
        // A change of white space or of a base64 letter's unused bits may leave the content what it was.
        if (result.ok) expect(result.list).toEqual(applied(emptyStopList, message));
      }),
    );
  });

  it('survives any text', () => {
    fc.assert(fc.property(fc.string(), (text) => applyMessage(emptyStopList, text, publicKey).ok === false));
  });

  it('is described', () => {
    expect(describeStopList(snapshot(7, [1]))).toMatchObject({
      kind: 'snapshot',
      version: 7,
      issuedAt: '1970-01-01T00:00:07.000Z',
    });
    expect(() => describeStopList('hello')).toThrow('no stop-list message');
  });
});
