import type { Clock } from '@bivak/clock';
import { peerApi } from '@bivak/contracts';
import { Problem } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { noLine } from '../lines/hand-over.ts';
import type { SharedLines } from '../lines/shared-lines.ts';
import type { Peers } from '../peers/peers.ts';
import type { PeerToken, PeerTokens } from '../peers/token.ts';

export interface PeerRoutesContext {
  clock: Clock;
  tokens: PeerTokens;
  peers: Pick<Peers, 'heardOf'>;
  /** Null while no work runs. */
  lines: () => SharedLines | null;
  /** Who waits for it here can be answered. */
  onDecided: (key: string) => void;
}

/** What the other hosts of the store say and ask. */
export function addPeerRoutes(server: ApiServer, context: PeerRoutesContext): void {
  const { clock, tokens, peers, lines, onDecided } = context;
  const sender = async (authorization: string | undefined): Promise<PeerToken> => {
    const token = await tokens.verify(authorization, clock.nowMs());
    if (token === undefined) throw new Problem('not-authenticated', {});
    peers.heardOf(token.hostName);
    return token;
  };
  server.post(
    '/v1/peers/news',
    { schema: { summary: 'What another host has decided', body: peerApi.news, response: { 204: z.null() } } },
    async ({ headers, body }, reply) => {
      await sender(headers.authorization);
      for (const item of body.items) {
        if (item.kind === 'decided') onDecided(item.key);
        else lines()?.wake();
      }
      return reply.code(204).send(null);
    },
  );
  server.post(
    '/v1/peers/lines',
    { schema: { summary: 'The bank sessions that this host holds', response: { 200: peerApi.lines } } },
    async ({ headers }) => {
      await sender(headers.authorization);
      return { states: (await lines()?.ownStates()) ?? [] };
    },
  );
  server.post(
    '/v1/peers/exchange',
    {
      schema: {
        summary: 'Send a message to a bank whose connection this host holds',
        body: peerApi.exchange,
        response: { 200: peerApi.exchangeAnswer, 409: z.null() },
      },
    },
    async ({ headers, body, raw }, reply) => {
      const { requestId } = await sender(headers.authorization);
      const held = lines();
      if (held === null) return noLine;
      const answer = await held.exchange(requestId, body);
      if (answer === null) return reply.code(409).send(null);
      if (raw.socket.destroyed) held.undelivered(body, answer);
      else
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished) held.undelivered(body, answer);
        });
      return answer;
    },
  );
}
