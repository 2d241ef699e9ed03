import { compileSpec, FieldValues, iso87, type MessageSpec } from '@bivak/iso8583';
import Peer from 'iso_8583';

/**
 * An authorisation request with 20 fields and chip data of 141 bytes: made and packed, and unpacked with every field read.
 * In characters and in packed digits, against npm `iso_8583` (which knows characters only, and takes chip data in hex)
 * and against the bare cost of making the same strings from the same bytes. By turns in short rounds of which the fastest
 * counts, so that whatever else the machine does slows no side more than another.
 */
export async function run(): Promise<{
  name: 'iso8583';
  ours: Record<Style, Figures>;
  peers: Record<string, Figures>;
  bound: Record<Style, Pick<Figures, 'unpack'>>;
  ratio: { pack: number; unpack: number; bound: number };
  unit: string;
}> {
  const works: Record<string, Work> = {
    ...peerWorks(),
    ...styleWorks('ascii', iso87('characters', 'ascii', 'binary')),
    ...styleWorks('bcd', iso87('packed digits', 'bcd', 'binary')),
  };
  const ns = measure(works);
  const figures = (name: string): Figures => ({ pack: ns[`${name}.pack`]!, unpack: ns[`${name}.unpack`]! });
  const ours = { ascii: figures('ascii'), bcd: figures('bcd') };
  const bound = { ascii: { unpack: ns['ascii.bound']! }, bcd: { unpack: ns['bcd.bound']! } };
  const peer = figures('peer');
  return {
    name: 'iso8583',
    ours,
    peers: { iso_8583: peer },
    bound,
    // Of the two styles the one that does worse.
    ratio: {
      pack: rounded(peer.pack / Math.max(ours.ascii.pack, ours.bcd.pack)),
      unpack: rounded(peer.unpack / Math.max(ours.ascii.unpack, ours.bcd.unpack)),
      bound: rounded(Math.max(ours.ascii.unpack / bound.ascii.unpack, ours.bcd.unpack / bound.bcd.unpack)),
    },
    unit: 'ns a message',
  };
}

type Style = 'ascii' | 'bcd';
interface Figures {
  pack: number;
  unpack: number;
}
/** Does its work so many times; what it returns keeps it from being optimised away. */
type Work = (times: number) => number;

const rounds = 400;
const roundMs = 2;

/** The fastest round of each. */
function measure(works: Readonly<Record<string, Work>>): Record<string, number> {
  const timesOf = new Map(Object.entries(works).map(([name, work]) => [name, timesIn(work)]));
  const ns: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(works)) {
      const times = timesOf.get(name)!;
      const roundNs = (elapsedMs(work, times) / times) * 1e6;
      ns[name] = Math.min(ns[name] ?? Number.POSITIVE_INFINITY, Math.round(roundNs));
    }
  }
  return ns;
}

/** How often a warm work is done in one round. */
function timesIn(work: Work): number {
  const times = 5_000;
  elapsedMs(work, times);
  return Math.max(1, Math.round((roundMs * times) / elapsedMs(work, times)));
}

function elapsedMs(work: Work, times: number): number {
  const beganMs = performance.now();
  const characters = work(times);
  const ms = performance.now() - beganMs;
  if (characters <= 0) throw new Error('the work was not done');
  return ms;
}

const rounded = (ratio: number): number => Number(ratio.toFixed(2));

// A public test card (EMVCo); values of the shape of an online authorisation by chip.
const pan = '4761739001010119';
const chip =
  '9F2608C74D18B08248FEFC9F2701809F10120110201009248400000000000000000029FF9F37048221F6019F3602004195050000008000' +
  '9A032311239C01009F02060000000100005F2A020578820259009F1A0205789F03060000000000009F3303E0B8C89F34031E0300' +
  '9F3501229F1E0831323334353637388407A00000000410109F090200029F410400000001';

const request: readonly (readonly [number: number, value: string])[] = [
  [0, '0100'],
  [2, pan],
  [3, '000000'],
  [4, '000000010000'],
  [7, '1123143015'],
  [11, '123456'],
  [12, '143015'],
  [13, '1123'],
  [14, '2712'],
  [18, '5411'],
  [22, '051'],
  [23, '001'],
  [25, '00'],
  [32, '12345678901'],
  [35, `${pan}=27122011758928889`],
  [37, '632714123456'],
  [41, 'TERM0001'],
  [42, 'MERCHANT0000001'],
  [43, 'OFFLINE MARKET 12       OSLO         NOR'],
  [49, '578'],
  [55, chip],
];
const numbers = request.map(([number]) => number);

function build(): FieldValues {
  const fields = new FieldValues();
  for (const [number, value] of request) fields.set(number, value);
  return fields;
}

function styleWorks(style: Style, spec: MessageSpec): Record<string, Work> {
  const codec = compileSpec(spec);
  const bytes = codec.pack(build());
  const pack: Work = (times) => {
    let length = 0;
    for (let time = 0; time < times; time++) length += codec.pack(build()).length;
    return length;
  };
  const unpack: Work = (times) => {
    let characters = 0;
    for (let time = 0; time < times; time++) {
      const unpacked = codec.unpack(bytes);
      if (!unpacked.ok) throw unpacked.error;
      for (const number of numbers) characters += unpacked.fields.get(number)!.length;
    }
    return characters;
  };
  return {
    [`${style}.pack`]: pack,
    [`${style}.unpack`]: unpack,
    [`${style}.bound`]: bareStrings(spec, bytes),
  };
}

interface Place {
  encoding: 'latin1' | 'hex';
  start: number;
  end: number;
  /** The hex is wanted in capitals. */
  isUpper: boolean;
}

/** Makes the strings at places that are known beforehand, and nothing else. */
function bareStrings(spec: MessageSpec, bytes: Buffer): Work {
  const places = placesOf(spec, bytes);
  return (times) => {
    let characters = 0;
    for (let time = 0; time < times; time++)
      for (const { encoding, start, end, isUpper } of places) {
        const text = bytes.toString(encoding, start, end);
        characters += (isUpper ? text.toUpperCase() : text).length;
      }
    return characters;
  };
}

/** Where each field's content stands in the bytes, found by looking for it from the end of the one before. */
function placesOf(spec: MessageSpec, bytes: Buffer): Place[] {
  let from = 0;
  return request.map(([number, value]) => {
    const { enc } = spec.fields[number]!;
    const isText = enc.startsWith('ascii');
    const content = isText ? Buffer.from(value, 'latin1') : Buffer.from(packed(enc, value), 'hex');
    const start = bytes.indexOf(content, from);
    if (start < 0) throw new Error(`field ${number} is not in the message`);
    from = start + content.length;
    return { encoding: isText ? 'latin1' : 'hex', start, end: from, isUpper: enc === 'raw' };
  });
}

function packed(enc: string, value: string): string {
  if (enc === 'raw' || value.length % 2 === 0) return value;
  return enc === 'bcd-left' ? `0${value}` : `${value.replace('=', 'D')}0`;
}

function peerWorks(): Record<string, Work> {
  const packOne = (): Buffer => {
    const fields: Record<number, string> = {};
    for (const [number, value] of request) fields[number] = value;
    const bytes = new Peer(fields).getRawMessage();
    if (!Buffer.isBuffer(bytes)) throw new Error(`iso_8583 did not pack: ${JSON.stringify(bytes)}`);
    return bytes;
  };
  const bytes = packOne();
  const pack: Work = (times) => {
    let length = 0;
    for (let time = 0; time < times; time++) length += packOne().length;
    return length;
  };
  const unpack: Work = (times) => {
    let characters = 0;
    for (let time = 0; time < times; time++) {
      const fields = new Peer().getIsoJSON(bytes, { lenHeader: false });
      for (const number of numbers) characters += fields[number]!.length;
    }
    return characters;
  };
  return { 'peer.pack': pack, 'peer.unpack': unpack };
}
