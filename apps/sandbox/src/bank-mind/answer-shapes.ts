import type { Dice } from './random.ts';
import type { Layout, RequestKind } from './requests.ts';
import type { Outgoing } from './wire.ts';

export interface ShapeContext {
  dice: Dice;
  layout: Layout;
  what: RequestKind | 'network';
}

/** A way to send an answer otherwise than it should be. Several may meet in one answer. */
export interface AnswerShape {
  name: string;
  says: string;
  /** What is said of the bank's own accord may have it too: it is still understood. */
  isHarmless?: true;
  /** Undefined if it has nothing to do here. */
  shape: (message: Outgoing, context: ShapeContext) => Outgoing | undefined;
}

type Change = Readonly<Record<number, string | null>>;

function changed(message: Outgoing, change: Change): Outgoing {
  const fields = new Map(message.fields);
  for (const [number, value] of Object.entries(change))
    if (value === null) fields.delete(Number(number));
    else fields.set(Number(number), value);
  return { ...message, fields };
}

const digits = (dice: Dice, length: number): string =>
  Array.from({ length }, () => dice.between(0, 9)).join('');
const isApproval = ({ fields }: Outgoing): boolean => fields.get(38) !== undefined;
const isAboutMoney = ({ what }: ShapeContext): boolean => what !== 'network';

/** What is wrong with the fields of an answer that was decided rightly. */
const fieldShapes: readonly AnswerShape[] = [
  {
    name: 'own-rrn',
    says: 'DE 37 is the bank’s own',
    shape: (message, { dice }) => changed(message, { 37: `B${digits(dice, 11)}` }),
  },
  { name: 'no-rrn', says: 'no DE 37', shape: (message) => changed(message, { 37: null }) },
  {
    name: 'own-stan',
    says: 'DE 11 is the bank’s own',
    shape: (message, { dice }) => changed(message, { 11: `8${digits(dice, 5)}` }),
  },
  {
    name: 'minimal-echo',
    says: 'repeats DE 11, 39 and 41 alone, perhaps 37',
    shape: (message, { dice }) => {
      const kept = dice.chance(0.5) ? [0, 11, 37, 38, 39, 41] : [0, 11, 38, 39, 41];
      return { ...message, fields: new Map([...message.fields].filter(([number]) => kept.includes(number))) };
    },
  },
  {
    name: 'no-amount',
    says: 'no DE 4 in a decline or in the answer to a reversal',
    shape: (message, { what }) =>
      what === 'reversal' || !isApproval(message) ? changed(message, { 4: null }) : undefined,
  },
  {
    name: 'no-reference',
    says: 'does not repeat the merchant’s reference',
    shape: (message, { layout }) => changed(message, { [layout.referenceField]: null }),
  },
  {
    name: 'wrong-type',
    says: '0110, 0211 or 0431 for 0210 and 0430',
    shape: (message, { dice }) => {
      const type = message.fields.get(0)!;
      return changed(message, {
        0: dice.chance(0.5) ? `${type.slice(0, 3)}1` : `${type[0]}1${type.slice(2)}`,
      });
    },
  },
  {
    name: 'advice-answered-as-request',
    says: '0410 to 0420, and 0430 to 0400',
    shape: (message, { what }) => {
      const type = message.fields.get(0)!;
      const other = `${type.slice(0, 2)}${type[2] === '1' ? '3' : '1'}0`;
      return what === 'reversal' ? changed(message, { 0: other }) : undefined;
    },
  },
  {
    name: 'blank-code-38',
    says: 'an approval whose DE 38 is blank, of zeros, of zero bytes, or not there',
    isHarmless: true,
    shape: (message, { dice }) =>
      isApproval(message)
        ? changed(message, { 38: dice.pick(['      ', '000000', '\0\0\0\0\0\0', null]) })
        : undefined,
  },
  {
    name: 'code-38-in-decline',
    says: 'an authorisation code beside a decline',
    shape: (message, { dice, what }) =>
      (what === 'debit' || what === 'reservation') && !isApproval(message)
        ? changed(message, { 38: digits(dice, 6) })
        : undefined,
  },
  {
    name: 'wrong-sum',
    says: 'DE 4 is a larger sum: a smaller one would be a part',
    shape: (message, { dice }) => {
      const sumMinor = Number(message.fields.get(4) ?? 0) + dice.between(1, 99_999_999);
      return changed(message, { 4: String(sumMinor).padStart(12, '0') });
    },
  },
  {
    name: 'wrong-currency',
    says: 'DE 49 is another currency',
    shape: (message, { dice }) => changed(message, { 49: dice.pick(['840', '978', '810']) }),
  },
  {
    name: 'wrong-reference',
    says: 'another sale’s reference',
    shape: (message, { dice, layout }) =>
      changed(message, { [layout.referenceField]: `till-9-${digits(dice, 6)}` }),
  },
  {
    name: 'more-fields',
    says: 'balances in DE 54, settlement fields, an advice code and text that nobody asked for',
    isHarmless: true,
    shape: (message, { dice, layout }) =>
      changed(message, {
        5: digits(dice, 12),
        15: layout.version === '1993' ? '261231' : '1231',
        44: dice.pick(['03', '24', '99', 'CALL  ISSUER', '\0\0']),
        54: `0002643C${digits(dice, 12)}`,
        63: 'TRACE/'.padEnd(60, '7'),
      }),
  },
];

/** What is wrong with how an answer goes out. */
const deliveryShapes: readonly AnswerShape[] = [
  {
    name: 'doubled',
    says: 'sent twice, at once or a while later',
    isHarmless: true,
    shape: (message, { dice }) => ({ ...message, againAfterMs: [dice.pick([0, 200, 20_000, 7_200_000])] }),
  },
  {
    name: 'unreadable',
    says: 'well framed, and cut off within a field',
    shape: (message) => ({ ...message, damage: 'unreadable' }),
  },
  {
    name: 'sloppy-fields',
    says: 'blanks in DE 15, no sign in DE 28',
    shape: (message) => ({ ...message, damage: 'sloppy-fields' }),
  },
  {
    name: 'wrong-code',
    says: 'its authentication code is wrong',
    shape: (message, { layout }) =>
      layout.mac === undefined ? undefined : { ...message, damage: 'wrong-code' },
  },
  {
    name: 'no-code',
    says: 'no authentication code',
    shape: (message, { layout }) =>
      layout.mac === undefined ? undefined : { ...message, damage: 'no-code' },
  },
  {
    name: 'cut',
    says: 'the connection goes in mid-answer',
    shape: (message) => ({ ...message, damage: 'cut' }),
  },
  {
    name: 'wrong-length',
    says: 'the length before it promises more than follows',
    shape: (message) => ({ ...message, damage: 'wrong-length' }),
  },
  {
    name: 'in-pieces',
    says: 'comes in pieces',
    isHarmless: true,
    shape: (message) => ({ ...message, damage: 'in-pieces' }),
  },
  {
    name: 'swapped',
    says: 'goes out under another request’s STAN and RRN, and that one’s under its own',
    shape: (message) => ({ ...message, isSwapped: true }),
  },
];

export const answerShapes: readonly AnswerShape[] = [...fieldShapes, ...deliveryShapes].map((shape) => ({
  ...shape,
  shape: (message, context) => (isAboutMoney(context) ? shape.shape(message, context) : undefined),
}));
