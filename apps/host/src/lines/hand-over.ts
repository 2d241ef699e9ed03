import { peerApi } from '@bivak/contracts';
import type { BankAnswer, BankMessage, CardHandle, LateAnswer } from '../banks/index.ts';

/** A message as it goes to the host that holds its bank's connection: without its card. */
export const handedOver = (bankId: string, message: BankMessage, leavesUntilMs: number): peerApi.Exchange =>
  // What the shape does not name stays here.
  peerApi.exchange.parse({
    bankId,
    leavesUntilMs,
    isByTrack: message.request.card.trackLength !== null,
    message,
  });

/** The message with its card, as a bank's session takes it. */
export function withCard(message: peerApi.BankMessage, card: CardHandle): BankMessage {
  if (message.kind === 'debit') return { ...message, request: { ...message.request, card } };
  if (message.kind === 'completion') return { ...message, request: { ...message.request, card } };
  if (message.kind === 'reversal') return { ...message, request: { ...message.request, card } };
  if (message.kind === 'refund') return { ...message, request: { ...message.request, card } };
  return { ...message, request: { ...message.request, card } };
}

/** The answer of the other host; one that is none leaves it open what came of the message. */
export function answerIn(body: unknown): BankAnswer {
  const read = peerApi.exchangeAnswer.safeParse(body);
  if (!read.success) return hostSilent;
  const answer = read.data;
  if (answer.kind === 'answered') return answer;
  const { kind, failure } = answer;
  return answer.isOurs === undefined ? { kind, failure } : { kind, failure, isOurs: true };
}

export const hostSilent = { kind: 'unknown', failure: { kind: 'host-silent' }, isOurs: true } as const;
export const noLine = { kind: 'not-sent', failure: { kind: 'no-line' }, isOurs: true } as const;
export const heldBack = { kind: 'not-sent', failure: { kind: 'held-back' }, isOurs: true } as const;

const answeredAs = {
  debit: { answers: 'debit', messageType: '0210' },
  completion: { answers: 'completion', messageType: '0230' },
  reversal: { answers: 'reversal', messageType: '0430' },
  refund: { answers: 'debit', messageType: '0210' },
} as const;

/** An answer that did not reach the host which had asked: nobody waits for it any more. Undefined if it says nothing of money. */
export function undeliveredAnswer(
  { bankId, message }: peerApi.Exchange,
  answer: BankAnswer,
): LateAnswer | undefined {
  if (answer.kind !== 'answered' || message.kind === 'inquiry') return undefined;
  const { responseCode, authorisationCode, amountMinor, bankRrn } = answer;
  const { reference, stan, rrn } = message.request;
  const named = { bankId, reference, stan, rrn };
  return { ...named, ...answeredAs[message.kind], responseCode, authorisationCode, amountMinor, bankRrn };
}
