import { maskPan } from '@bivak/card';
import type { Clock } from '@bivak/clock';
import { type BankProfile, type Fields, networkCodes, unpackOriginalData } from '@bivak/iso8583';
import type { Ledger } from './ledger.ts';

export type BankMode = 'up' | 'down' | 'silent' | 'blocked';

/** The issuers as the bank asks them. Rejects where they do not answer. */
export interface Issuers {
  authorise(question: {
    stan: string;
    rrn: string;
    pan: string;
    expiry: string;
    amountMinor: number;
  }): Promise<string>;
  reverse(question: { stan: string; rrn: string }): Promise<void>;
}

/** A connection's state that decides what is answered on it. */
export interface Session {
  isSignedOn: boolean;
}

interface Bank {
  profile: BankProfile;
  terminals: readonly { terminalId: string; merchantId: string }[];
  ledger: Ledger;
  issuers: Issuers;
  clock: Clock;
  mode: () => BankMode;
}

/** How the bank answers each message; null where the message has no answer (then the connection is closed). */
export async function answerOf(
  bank: Bank,
  session: Session,
  message: Fields,
): Promise<Map<number, string> | null> {
  switch (message.get(0)) {
    case '0800':
      return network(session, message);
    case '0200':
    case '0201':
      return session.isSignedOn ? financial(bank, message) : answer(message, '58');
    case '0420':
    case '0421':
      return session.isSignedOn ? reversal(bank, message) : answer(message, '58');
    default:
      return null;
  }
}

const echoed = [2, 3, 4, 7, 11, 12, 13, 37, 41, 42, 49];

/** The response to a message: its type, what it repeats, and the code. */
function answer(
  message: Fields,
  responseCode: string,
  ...more: [number, string | undefined][]
): Map<number, string> {
  const type = message.get(0)!;
  // A repeat (…1) is answered like the original (…0): 0421 by 0430.
  const fields = new Map<number, string>([[0, `${type.slice(0, 2)}${Number(type[2]) + 1}0`]]);
  for (const number of echoed) {
    const value = message.get(number);
    if (value !== undefined) fields.set(number, value);
  }
  fields.set(39, responseCode);
  for (const [number, value] of more) if (value !== undefined) fields.set(number, value);
  return fields;
}

function network(session: Session, message: Fields): Map<number, string> {
  const code = message.get(70);
  const isKnown = Object.values(networkCodes).some((known) => known === code);
  if (!isKnown || message.get(11) === undefined) return answer(message, '30', [70, code]);
  if (code === networkCodes.signOn) session.isSignedOn = true;
  if (code === networkCodes.signOff) session.isSignedOn = false;
  return answer(message, '00', [70, code]);
}

interface Request {
  pan: string;
  expiry: string;
  amountMinor: number;
  stan: string;
  rrn: string;
  transmittedAt: string;
  reference: string;
  terminalId: string;
}

/** What a bank must find in a financial message; undefined where something is missing or of a wrong form. */
function requestOf(bank: Bank, message: Fields): Request | undefined {
  const amountMinor = Number(message.get(4));
  const reference = message.get(bank.profile.referenceField)?.trim() ?? '';
  const [pan, expiry, stan, rrn, transmittedAt, terminalId] = [2, 14, 11, 37, 7, 41].map(
    (number) => message.get(number)?.trim() ?? '',
  );
  const isRight =
    /^\d{12,19}$/.test(pan!) &&
    /^\d{4}$/.test(expiry!) &&
    /^\d{6}$/.test(stan!) &&
    /^[0-9A-Z]{12}$/.test(rrn!) &&
    /^\d{10}$/.test(transmittedAt!) &&
    Number.isSafeInteger(amountMinor) &&
    amountMinor > 0 &&
    message.get(3) === '000000' &&
    message.get(49) === '643' &&
    /^[\x21-\x7e]{1,60}$/.test(reference);
  if (!isRight) return undefined;
  return {
    pan: pan!,
    expiry: expiry!,
    amountMinor,
    stan: stan!,
    rrn: rrn!,
    transmittedAt: transmittedAt!,
    reference,
    terminalId: terminalId!,
  };
}

function isOurs(bank: Bank, message: Fields): boolean {
  return bank.terminals.some(
    ({ terminalId, merchantId }) =>
      message.get(41)?.trim() === terminalId && message.get(42)?.trim() === merchantId,
  );
}

async function financial(bank: Bank, message: Fields): Promise<Map<number, string>> {
  const { referenceField } = bank.profile;
  const reference = message.get(referenceField);
  const request = requestOf(bank, message);
  if (request === undefined) return answer(message, '30', [referenceField, reference]);
  const before = bank.ledger.decisionOn(request);
  if (before !== undefined) return decided(before.responseCode);
  // A request that arrives after its own reversal is refused: the merchant has already gone elsewhere.
  if (bank.ledger.reversalOf(request) !== undefined) return decided('94');
  if (!isOurs(bank, message) || bank.mode() === 'blocked') return decided(book('decline', '03'));
  const responseCode = await bank.issuers.authorise(request).catch(() => '91');
  return decided(book(responseCode === '00' ? 'debit' : 'decline', responseCode));

  function book(kind: 'debit' | 'decline', responseCode: string): string {
    bank.ledger.book(entryOf(bank, request!, kind, responseCode));
    return responseCode;
  }
  function decided(responseCode: string): Map<number, string> {
    const authorisationCode = responseCode === '00' ? request!.rrn.slice(-6) : undefined;
    return answer(message, responseCode, [referenceField, reference], [38, authorisationCode]);
  }
}

async function reversal(bank: Bank, message: Fields): Promise<Map<number, string>> {
  const { referenceField } = bank.profile;
  const reference = message.get(referenceField);
  const original = unpackOriginalData(message.get(90));
  const request = requestOf(bank, message);
  const done = (code: string): Map<number, string> => answer(message, code, [referenceField, reference]);
  if (request === undefined || original === undefined || !isOurs(bank, message)) return done('30');
  const name = { stan: original.stan, rrn: request.rrn, transmittedAt: original.transmittedAt };
  if (bank.ledger.reversalOf(name) !== undefined) return done('00');
  const debit = bank.ledger.decisionOn(name);
  if (debit?.kind !== 'debit') {
    bank.ledger.book({ ...entryOf(bank, request, 'reversal-of-nothing', '00'), ...name });
    return done('00');
  }
  // An issuer that does not answer leaves the reversal undone: the merchant has to repeat it.
  const isReversed = await bank.issuers.reverse(name).then(
    () => true,
    () => false,
  );
  if (!isReversed) return done('91');
  bank.ledger.book({ ...entryOf(bank, request, 'reversal', '00'), ...name });
  return done('00');
}

function entryOf(
  bank: Bank,
  request: Request,
  kind: 'debit' | 'decline' | 'reversal' | 'reversal-of-nothing',
  responseCode: string,
) {
  const { pan, expiry: _, ...shown } = request;
  return {
    ...shown,
    kind,
    responseCode,
    at: new Date(bank.clock.nowMs()).toISOString(),
    maskedPan: maskPan(pan),
    currency: 'RUB',
  };
}
