import { z } from 'zod';
import type { IssuerRequest } from '../bank-mind/context.ts';

/** The issuers as a bank asks them. Both reject if the issuers do not answer: then nobody knows what they did. */
export interface Issuers {
  /** DE 39. Asked twice under the same name, it is the same answer. */
  authorise(request: IssuerRequest & { pan: string; expiry: string; amountMinor: number }): Promise<string>;
  /** Undoes what was answered under this name, or will be: the issuer refuses it from now on. */
  reverse(request: IssuerRequest): Promise<void>;
}

const authorised = z.object({ responseCode: z.string().length(2) });
/** Real time: the issuers are on this machine and answer at once or not at all. */
const maxAnswerMs = 5_000;

/** The way to the issuers, which stands for the card network. */
export function httpIssuers(url: string, bankId: string): Issuers {
  const send = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bankId, ...body }),
      signal: AbortSignal.timeout(maxAnswerMs),
    });
    if (!answer.ok) throw new Error(`the issuers answered ${answer.status}`);
    return answer.json();
  };
  return {
    authorise: async ({ stan, rrn, pan, expiry, amountMinor }) =>
      authorised.parse(await send('/v1/authorise', { stan, rrn, pan, expiry, amountMinor })).responseCode,
    reverse: async ({ stan, rrn }) => {
      await send('/v1/reverse', { stan, rrn });
    },
  };
}

/** Issuers for a bank that runs alone: each card has money without end. */
export function endlessIssuers(): Issuers {
  const undone = new Set<string>();
  const nameOf = ({ stan, rrn }: IssuerRequest): string => `${stan} ${rrn}`;
  return {
    authorise: async (request) => (undone.has(nameOf(request)) ? '94' : '00'),
    reverse: async (request) => {
      undone.add(nameOf(request));
    },
  };
}
