import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyMessage,
  buildDelta,
  buildSnapshot,
  describeStopList,
  emptyStopList,
  entriesOf,
  isListed,
  listHash,
  type StopList,
} from './index.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const reference = (number: number): string => number.toString(16).padStart(8, '0').repeat(8);
const entries = (numbers: number[]): string[] => entriesOf(numbers.map(reference));
const published = (version: number) => ({ epochId: 'first', version, issuedAtMs: 1_000 * version });
const snapshot = (version: number, numbers: number[]): string =>
  buildSnapshot({ ...published(version), entries: entries(numbers) }, privateKey);
/** The change from one list to another, each a version and its cards. */
const delta = (from: [number, number[]], to: [number, number[]]): string => {
  const [before, after] = [from, to].map(([, numbers]) => entries(numbers)) as [string[], string[]];
  return buildDelta(
    { version: from[0], hash: listHash(from[0], before) },
    {
      ...published(to[0]),
      hash: listHash(to[0], after),
      added: after.filter((entry) => !before.includes(entry)),
      removed: before.filter((entry) => !after.includes(entry)),
    },
    privateKey,
  );
};
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
        const change = delta([1, before], [2, after]);
        expect(applied(from, change)).toEqual(applied(emptyStopList, snapshot(2, after)));
      }),
    );
  });

  it('never goes back, and takes no delta of another version', () => {
    const list = applied(emptyStopList, snapshot(5, [1]));
    expect(applyMessage(list, snapshot(4, []), publicKey)).toEqual({ ok: false, error: 'older-version' });
    expect(applyMessage(list, delta([3, []], [6, []]), publicKey)).toEqual({ ok: false, error: 'gap' });
    expect(applyMessage(list, snapshot(5, [1]), publicKey)).toEqual({ ok: true, list });
  });

  it('sees that a version was published twice with other content', () => {
    const list = applied(emptyStopList, snapshot(5, [1]));
    expect(applyMessage(list, snapshot(5, [9]), publicKey)).toEqual({ ok: false, error: 'other-content' });
    const ofTheOther = delta([5, [9]], [6, [9, 10]]);
    expect(applyMessage(list, ofTheOther, publicKey)).toEqual({ ok: false, error: 'gap' });
    expect(applied(list, snapshot(6, [9, 10])).entries.size).toBe(2);
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
