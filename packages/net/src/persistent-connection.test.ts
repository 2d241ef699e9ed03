import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection, ConnectionEnd } from './connection.ts';
import { lineFraming } from './framing.ts';
import { PersistentConnection } from './persistent-connection.ts';
import { ManualTimers } from './testing/manual-timers.ts';
import { type Peer, startPeer, until } from './testing/peer.ts';

describe('a persistent connection', { timeout: 30_000 }, () => {
  let peer: Peer;
  let timers: ManualTimers;
  let persistent: PersistentConnection<string>;
  let opened: Connection[];
  let lost: ConnectionEnd[];
  let messages: string[];

  beforeEach(async () => {
    peer = await startPeer();
    timers = new ManualTimers();
    [opened, lost, messages] = [[], [], []];
    persistent = new PersistentConnection({
      addresses: [peer.address],
      framing: lineFraming(100),
      timers,
      connectTimeoutMs: 1_000,
      backoff: { firstMs: 1_000, maxMs: 4_000 },
      random: () => 1,
      onOpen: (connection) => opened.push(connection),
      onMessage: (message, connection) => {
        messages.push(message);
        connection.send(`${message} too\n`);
      },
      onLost: (end) => lost.push(end),
    });
    await until(() => opened.length === 1 && peer.sockets.length === 1);
  });
  afterEach(async () => {
    await persistent.close();
    await peer.stop();
  });

  it('comes back after its back-off', async () => {
    peer.sockets[0]!.destroy();
    await until(() => lost.length === 1);
    expect(persistent.current).toBeUndefined();
    timers.advance(999);
    expect(persistent.current).toBeUndefined();
    timers.advance(1);
    await until(() => opened.length === 2 && peer.sockets.length === 2);
    expect(persistent.current).toBe(opened[1]);
    peer.sockets[1]!.write('hello\n');
    await until(() => peer.received.length === 1);
    expect([messages, peer.received]).toEqual([['hello'], ['hello too\n']]);
  });

  it('waits longer each time, and short again once it was of use', async () => {
    await peer.stop();
    await until(() => lost.length === 1);
    for (const [index, waitMs] of [1_000, 2_000, 4_000, 4_000].entries()) {
      timers.advance(waitMs - 1);
      expect(persistent.current).toBeUndefined();
      timers.advance(1);
      await until(() => lost.length === index + 2);
    }
    persistent.resetBackoff();
    persistent.connectNow();
    await until(() => lost.length === 6);
    await peer.start();
    timers.advance(1_000);
    await until(() => opened.length === 2);
  });

  it('connects at once if it is asked to, and only once', async () => {
    peer.sockets[0]!.destroy();
    await until(() => lost.length === 1);
    persistent.connectNow();
    persistent.connectNow();
    await until(() => opened.length === 2 && peer.sockets.length === 2);
    timers.advance(60_000);
    expect(opened[1]!.isOpen()).toBe(true);
    expect(peer.sockets).toHaveLength(2);
  });

  it('tries its second address at once when the first cannot be connected, and begins with the first again', async () => {
    const second = await startPeer();
    const passed: ConnectionEnd[] = [];
    const both = new PersistentConnection({
      addresses: [peer.address, second.address],
      framing: lineFraming(100),
      timers,
      connectTimeoutMs: 1_000,
      backoff: { firstMs: 1_000, maxMs: 4_000 },
      random: () => 1,
      onMessage: () => {},
      onNextAddress: (end) => passed.push(end),
      onLost: (end) => lost.push(end),
    });
    await until(() => peer.sockets.length === 2);
    await peer.stop();
    await until(() => lost.length >= 1);
    both.connectNow();
    await until(() => second.sockets.length === 1);
    expect(passed).toMatchObject([{ kind: 'failed', code: 'ECONNREFUSED' }]);
    await peer.start();
    second.sockets[0]!.destroy();
    await until(() => both.current === undefined);
    both.connectNow();
    await until(() => peer.sockets.length === 3);
    await both.close();
    await second.stop();
  });

  it('stays away after it was closed', async () => {
    await persistent.close();
    persistent.connectNow();
    timers.advance(60_000);
    expect([persistent.current, lost, timers.count()]).toEqual([undefined, [], 0]);
  });
});
