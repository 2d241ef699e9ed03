import { z } from 'zod';
import type { Issuers } from './decisions.ts';

const authorised = z.object({ responseCode: z.string().length(2) });
/** Real time: the issuers are on this machine and answer at once or not at all. */
const maxResponseMs = 5_000;

/** The way to the issuers, which stands for the card network. */
export function httpIssuers(url: string, bankId: string): Issuers {
  const send = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bankId, ...body }),
      signal: AbortSignal.timeout(maxResponseMs),
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
