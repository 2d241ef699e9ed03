import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCases } from './conformance.ts';

// A sign-on as ISO 8583:1987 with packed digits has it, and a specification of the shape of the vector files.
const specs = {
  packed: {
    bitmap: 'binary',
    '0': { type: 'fixed', enc: 'bcd-left', max: 4 },
    '7': { name: 'TRANSMISSION DATE AND TIME', type: 'fixed', enc: 'bcd-left', max: 10 },
    '11': { name: 'STAN', type: 'fixed', enc: 'bcd-left', max: 6 },
    '28': { name: 'FEE', type: 'fixed', enc: 'amount-bcd', left: true, max: 9 },
    '32': { name: 'ACQUIRER', type: 'var', enc: 'bcd-right', digits: 2, lenEnc: 'bcd', max: 11 },
    '55': { name: 'CHIP', type: 'var', enc: 'raw', digits: 3, lenEnc: 'bcd', max: 999 },
    '70': { name: 'NETWORK CODE', type: 'fixed', enc: 'bcd-left', max: 3 },
  },
};
const signOn = {
  id: 'sign-on',
  spec: 'packed',
  raw: '08008220000000000000040000000000000011231430150000010001',
  fields: { '0': '0800', '7': '1123143015', '11': '000001', '70': '001' },
  bitmap: '82200000000000000400000000000000',
  generated: true,
};
const run = (...cases: object[]) => runCases({ specs, cases });

describe('conformance', () => {
  it('passes what holds', () => {
    const words = 'source’s words: MTI BCD, DE2 fixed BCD 4, DE3 BCD.LLLL';
    expect(
      run(
        signOn,
        { id: 'cut', spec: 'packed', raw: signOn.raw.slice(0, 30), decodeError: 'short' },
        { id: 'left over', spec: 'packed', raw: `${signOn.raw}00`, negative: true },
        {
          id: 'words',
          spec: words,
          raw: '12346000000000000000456700030890',
          fields: { '0': '1234', '2': '4567', '3': '890' },
        },
        {
          id: 'odd and chip',
          spec: 'packed',
          raw: '020000000011000002004400000100111234567890100007' + '8202390095010A',
          fields: { '0': '0200', '28': 'D00000100', '32': '12345678901', '55': '8202390095010a' },
          de55: { tags: { '82': '3900', '95': '0a' } },
        },
      ),
    ).toEqual({ passed: 5, failed: [] });
  });

  it.each([
    [{ fields: { ...signOn.fields, '70': '301' } }, 'sign-on: field 70: expected "301", got "001"'],
    [{ fields: { ...signOn.fields, '12': '1' } }, 'sign-on: field 12: expected "1", got nothing'],
    [{ bitmap: '02200000000000000400000000000000' }, 'sign-on: bitmap: expected 0220'],
    [{ decodeError: 'short' }, 'sign-on: expected to be refused (short), got a message'],
    [{ raw: signOn.raw.slice(0, -2) }, 'sign-on: expected 4 fields, got field 70'],
    [{ spec: 'nowhere' }, 'sign-on: expected a specification "nowhere", got none'],
    [{ raw: 'no hex' }, 'sign-on: expected id, spec and raw (hex)'],
    [{ fields: { '0': 800 } }, 'sign-on: expected id, spec and raw (hex)'],
    [{ id: 7 }, 'case 0: expected id, spec and raw (hex)'],
    [{ fields: undefined }, 'says neither what fields it holds nor that it has to be refused'],
  ])('names what fails: %j', (change, line) => {
    const { passed, failed } = run({ ...signOn, ...change });
    expect(passed).toBe(0);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain(line);
  });

  it.each([
    [{ bitmap: 'ebcdic' }, 'there is no bitmap in "ebcdic"'],
    [{ '0': null }, 'field 0 of "packed" has to be an object'],
    [{ '32': { ...specs.packed['32'], lenEnc: 'hex' } }, 'there is no length in "hex"'],
    [{ '32': { ...specs.packed['32'], digits: 0 } }, 'a length has 1 to 6 digits'],
  ])('says what is wrong with a specification: %j', (change, line) => {
    const { failed } = runCases({ specs: { packed: { ...specs.packed, ...change } }, cases: [signOn] });
    expect(failed).toEqual([expect.stringContaining(line)]);
  });

  it('lives through any file', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (file, spec, one) => {
        expect(runCases(file)).toHaveProperty('failed');
        const cases = [one, { id: 'a', spec: 's', raw: '0800' }];
        expect(runCases({ specs: { s: spec }, cases }).failed.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
