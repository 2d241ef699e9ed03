import type { BankProfile } from '@bivak/bank-profiles';
import { maskPan } from '@bivak/card';
import type { Clock } from '@bivak/clock';
import { type Fields, networkCodes, unpackOriginalData } from '@bivak/iso8583';
import type { InTurn } from './in-turn.ts';
import { type BookedRecord, type Ledger, nameOf, type OpenRecord } from './ledger.ts';
import { type BankRequest, readRequest } from './requests.ts';

export type BankMode = 'up' | 'down' | 'silent' | 'blocked';

/** The issuers as the bank reaches them. Both reject if the issuers do not respond: then nobody knows what they did. */
export interface Issuers {
  authorise(request: {
    stan: string;
    rrn: string;
    pan: string;
    expiry: string;
    amountMinor: number;
  }): Promise<string>;
  /** Undoes what was decided under this name, or will be: the issuer refuses it from now on. */
  reverse(request: { stan: string; rrn: string }): Promise<void>;
}

/** A connection's state that decides what is answered on it. */
export interface Session {
  isSignedOn: boolean;
}

/** What a bank decides with. */
export interface Bank {
  profile: BankProfile;
  terminals: readonly { terminalId: string; merchantId: string }[];
  ledger: Ledger;
  issuers: Issuers;
  clock: Clock;
  inTurn: InTurn;
  mode: () => BankMode;
}

/** A message that has no answer: the connection is closed. */
export class ProtocolBreach extends Error {}

/** The bank's own answers, before or instead of the issuer's (DE 39). */
const notServed = '03';
const formatError = '30';
const noSuchTerminal = '58';
const issuerUnreachable = '91';
const duplicate = '94';

/** The response of the bank to a message. Rejects with {@link ProtocolBreach} if it has none. */
export async function responseTo(
  bank: Bank,
  session: Session,
  message: Fields,
): Promise<ReadonlyMap<number, string>> {
  const type = message.get(0)!;
  if (type === '0800') return network(session, message);
  if (!['0200', '0201', '0420', '0421'].includes(type))
    throw new ProtocolBreach(`message type ${type} is not known here`);
  if (!session.isSignedOn) throw new ProtocolBreach(`message type ${type} before a sign-on`);
  const request = readRequest(bank.profile, message);
  const decide = type.startsWith('02') ? debit : reversal;
  // A reversal waits for the request that it undoes: DE 90 has that one's STAN.
  const stan = unpackOriginalData(message.get(90))?.stan ?? request?.stan ?? '';
  const responseCode =
    request === undefined
      ? formatError
      : await bank.inTurn(nameOf({ ...request, stan }), () => decide(bank, request, message));
  const authorisationCode =
    type.startsWith('02') && responseCode === '00' ? request?.rrn.slice(-6) : undefined;
  const { referenceField } = bank.profile;
  return answer(
    message,
    responseCode,
    [referenceField, message.get(referenceField)],
    [38, authorisationCode],
  );
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
  if (!isKnown || message.get(11) === undefined) return answer(message, formatError, [70, code]);
  if (code === networkCodes.signOn) session.isSignedOn = true;
  if (code === networkCodes.signOff) session.isSignedOn = false;
  return answer(message, '00', [70, code]);
}

/** Undefined if the merchant and the terminal are ours and served; else the refusal. */
function refusalOf(bank: Bank, { terminalId, merchantId }: BankRequest): string | undefined {
  const ofMerchant = bank.terminals.filter((terminal) => terminal.merchantId === merchantId);
  if (ofMerchant.length === 0) return notServed;
  return ofMerchant.some((terminal) => terminal.terminalId === terminalId) ? undefined : noSuchTerminal;
}

/**
 * Decides a debit. The books hold what issuers decided; a refusal of the bank's own (wrong form, blocked account, issuer
 * out of reach) is answered and not booked.
 */
async function debit(bank: Bank, request: BankRequest): Promise<string> {
  const { ledger, issuers } = bank;
  const refusal = refusalOf(bank, request);
  if (refusal !== undefined) return refusal;
  const standing = ledger.standingOf(request);
  if (standing.state === 'decided') {
    return isRepeat(standing.record, request) ? standing.record.responseCode : duplicate;
  }
  if (standing.state !== 'never-seen') return issuerUnreachable;
  // A request that arrives after its own reversal is refused: the merchant has already gone elsewhere.
  if (ledger.reversalOf(request, request.transmittedAt) !== undefined) return duplicate;
  if (bank.mode() === 'blocked') return notServed;
  ledger.note(openRecord(bank, 'requested', request));
  let responseCode: string;
  try {
    responseCode = await issuers.authorise(request);
  } catch {
    return issuerUnreachable; // stays open: resolveOpenRequests undoes what the issuer may have done
  }
  ledger.book(entryOf(bank, request, responseCode === '00' ? 'debit' : 'decline', responseCode));
  return responseCode;
}

/** Whether a request under a name that was decided before is that one again, and not another under its name. */
function isRepeat(decided: BookedRecord, request: BankRequest): boolean {
  return (
    decided.amountMinor === request.amountMinor &&
    decided.transmittedAt === request.transmittedAt &&
    decided.reference === request.reference &&
    decided.maskedPan === maskPan(request.pan)
  );
}

/** Undoes the debit which DE 90 and the RRN name; done once, confirmed as often as it is sent. */
async function reversal(bank: Bank, request: BankRequest, message: Fields): Promise<string> {
  const { ledger, issuers } = bank;
  const original = unpackOriginalData(message.get(90));
  if (original?.messageType !== '0200') return formatError;
  const refusal = refusalOf(bank, request);
  if (refusal !== undefined) return refusal;
  const { rrn, terminalId } = request;
  const { stan, transmittedAt } = original;
  const name = { stan, rrn, terminalId };
  if (ledger.reversalOf(name, transmittedAt) !== undefined) return '00';
  const standing = ledger.standingOf(name);
  const isNamed = standing.state !== 'never-seen' && standing.record.transmittedAt === transmittedAt;
  const debited =
    isNamed && standing.state === 'decided' && standing.record.kind === 'debit' ? standing.record : undefined;
  if (debited !== undefined && debited.amountMinor !== request.amountMinor) return formatError;
  if (debited !== undefined || (isNamed && standing.state === 'open')) {
    try {
      await issuers.reverse(name);
    } catch {
      return issuerUnreachable; // not undone: the merchant has to repeat it
    }
  }
  if (isNamed && standing.state === 'open') ledger.note(openRecord(bank, 'undone', standing.record));
  const kind = debited === undefined ? 'reversal-of-nothing' : 'reversal';
  ledger.book({ ...entryOf(bank, request, kind, '00'), ...name, transmittedAt });
  return '00';
}

/**
 * Undoes at the issuers what was requested and never answered (the issuers were silent, or the bank's plug was pulled in
 * between); what cannot be undone now stays open for the next time.
 */
export async function resolveOpenRequests(bank: Bank): Promise<void> {
  const resolve = async (open: OpenRecord): Promise<void> => {
    if (bank.ledger.standingOf(open).state !== 'open') return;
    await bank.issuers.reverse(open);
    bank.ledger.note(openRecord(bank, 'undone', open));
  };
  await Promise.allSettled(
    bank.ledger.openRequests().map((open) => bank.inTurn(nameOf(open), () => resolve(open))),
  );
}

const timeOf = (bank: Bank): string => new Date(bank.clock.nowMs()).toISOString();

function openRecord(
  bank: Bank,
  kind: OpenRecord['kind'],
  { stan, rrn, terminalId, transmittedAt }: Omit<OpenRecord, 'kind' | 'at'>,
): OpenRecord {
  return { kind, at: timeOf(bank), stan, rrn, terminalId, transmittedAt };
}

function entryOf(
  bank: Bank,
  { pan, stan, rrn, terminalId, transmittedAt, reference, amountMinor }: BankRequest,
  kind: BookedRecord['kind'],
  responseCode: string,
): Omit<BookedRecord, 'number'> {
  return {
    at: timeOf(bank),
    kind,
    reference,
    stan,
    rrn,
    maskedPan: maskPan(pan),
    amountMinor,
    currency: 'RUB',
    responseCode,
    terminalId,
    transmittedAt,
  };
}
