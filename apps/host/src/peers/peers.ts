import { randomUUID } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import { peerApi } from '@bivak/contracts';
import type { Logger } from '@bivak/process';
import { type Database, startWorker, type Worker } from '../store/index.ts';
import { hostsSeen, type Peer, sayGone, sayHere } from './directory.ts';
import type { PeerTokens } from './token.ts';

/** What came of a request to another host. */
export type PeerAnswer =
  | { kind: 'answered'; body: unknown }
  /** It is certain that the other host did not get it, or refused it. */
  | { kind: 'not-sent' }
  /** It may have got it; nobody knows what it has done. */
  | { kind: 'unknown' };

/** The other hosts of this store. */
export interface Peers {
  /** Tells all of them; whoever does not hear it finds it in the store later. */
  tell(item: peerApi.NewsItem): void;
  /** Asks one of them; for the answer at most `timeoutMs` of real time are waited. Never throws. */
  ask(hostName: string, path: string, body: object, timeoutMs: number): Promise<PeerAnswer>;
  /** A host has sent a request: it is asked for in the store if it is not known yet. */
  heardOf(hostName: string): void;
}

/** This host among the hosts of its store. */
export interface OwnPeers extends Peers {
  /** From now on the others find this host at `url`. */
  appear(url: string): void;
  /** Resolves once the others are told what they were to be told, and that this host is gone. */
  stop(): Promise<void>;
}

export interface PeersContext {
  database: Database;
  clock: Clock;
  log: Logger;
  hostName: string;
  tokens: PeerTokens;
}

const lookEveryMs = 5_000;
const sayEveryMs = 3_600_000;
const newsTimeoutMs = 2_000;
/** Codes of a connection that was never there. */
const notConnected = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'];

export function openPeers(context: PeersContext): OwnPeers {
  const { database, clock, log, hostName } = context;
  const news = newsDelivery(context);
  let peers: readonly Peer[] = [];
  let worker: Worker | undefined;
  /** Looks who is there; gives when this host has last said so itself, and under which address. */
  const look = async () => {
    const seen = await hostsSeen(database, clock.nowMs());
    peers = seen.filter((peer) => peer.hostName !== hostName);
    return seen.find((peer) => peer.hostName === hostName);
  };
  const find = (name: string): Peer | undefined => peers.find((peer) => peer.hostName === name);
  const askOnce = async (
    peer: Peer,
    path: string,
    body: object,
    timeoutMs: number,
  ): Promise<PeerAnswer | { kind: 'not-there' }> => {
    try {
      const response = await post(context, peer, path, body, timeoutMs);
      if (response.ok) return { kind: 'answered', body: await response.json() };
      await response.body?.cancel();
      log.warn({ peer: peer.hostName, path, status: response.status }, 'another host has refused a request');
      // A refusal comes before anything is done; a conflict says that it was taken before.
      return { kind: response.status < 500 && response.status !== 409 ? 'not-sent' : 'unknown' };
    } catch (error) {
      log.warn({ err: error, peer: peer.hostName, path }, 'another host did not answer');
      return { kind: wasNotConnected(error) ? 'not-there' : 'unknown' };
    }
  };
  return {
    appear(url) {
      worker = startWorker('peers', clock, log, async () => {
        const said = await look();
        const nowMs = clock.nowMs();
        if (said?.url !== url || said.seenAtMs < nowMs - sayEveryMs)
          await sayHere(database, { hostName, url }, nowMs);
        return nowMs + lookEveryMs;
      });
    },
    tell(item) {
      for (const peer of peers) news.tell(peer, item);
    },
    async ask(name, path, body, timeoutMs) {
      try {
        const known = find(name);
        const first = known === undefined ? undefined : await askOnce(known, path, body, timeoutMs);
        if (first !== undefined && first.kind !== 'not-there') return first;
        // It may have been started again elsewhere.
        await look();
        const found = find(name);
        if (found === undefined || found.url === known?.url) return { kind: 'not-sent' };
        const second = await askOnce(found, path, body, timeoutMs);
        return second.kind === 'not-there' ? { kind: 'not-sent' } : second;
      } catch (error) {
        log.warn({ err: error, peer: name, path }, 'another host could not be found');
        return { kind: 'not-sent' };
      }
    },
    heardOf(name) {
      if (find(name) === undefined) worker?.wake();
    },
    async stop() {
      await worker?.stop();
      await news.ended();
      await sayGone(database, hostName).catch((error: unknown) =>
        log.warn({ err: error }, 'the other hosts are not told that this one is gone'),
      );
    },
  };
}

async function post(
  { clock, hostName, tokens }: PeersContext,
  peer: Peer,
  path: string,
  body: object,
  timeoutMs: number,
): Promise<Response> {
  const token = await tokens.sign({ hostName, requestId: randomUUID() }, clock.nowMs());
  return fetch(`${peer.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
}

function wasNotConnected(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } };
  return notConnected.includes(cause?.code ?? '');
}

/** What a host is still to be told; what comes while it is being told goes together. */
function newsDelivery(context: PeersContext): {
  tell: (peer: Peer, item: peerApi.NewsItem) => void;
  ended: () => Promise<void>;
} {
  const queues = new Map<string, { items: peerApi.NewsItem[]; done: Promise<void> }>();
  const deliver = async (peer: Peer, items: peerApi.NewsItem[]): Promise<void> => {
    while (items.length > 0) {
      const body = { items: items.splice(0, peerApi.maxNewsItems) };
      try {
        const response = await post(context, peer, '/v1/peers/news', body, newsTimeoutMs);
        await response.body?.cancel();
      } catch (error) {
        context.log.debug({ err: error, peer: peer.hostName }, 'a host did not hear the news');
        items.length = 0;
      }
    }
    queues.delete(peer.hostName);
  };
  return {
    tell(peer, item) {
      const queue = queues.get(peer.hostName);
      if (queue !== undefined) {
        queue.items.push(item);
        return;
      }
      const items = [item];
      const begun = { items, done: Promise.resolve() };
      queues.set(peer.hostName, begun);
      begun.done = deliver(peer, items);
    },
    ended: async () => {
      await Promise.all([...queues.values()].map(({ done }) => done));
    },
  };
}
