import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, type ConnectionEnd, openConnection } from './connection.ts';
import { lineFraming } from './framing.ts';
import { ManualTimers } from './testing/manual-timers.ts';
import { type Peer, startPeer, until } from './testing/peer.ts';

/** A documentation address (RFC 5737): nobody is there. */
const nobody = { host: '192.0.2.1', port: 9 };

describe('a connection', { timeout: 30_000 }, () => {
  let peer: Peer;
  let timers: ManualTimers;
  let connection: Connection;
  let messages: string[];
  let ends: ConnectionEnd[];
  let onMessage: (message: string) => void;

  const open = (address = peer.address): Connection =>
    openConnection({
      address,
      framing: lineFraming(20),
      timers,
      connectTimeoutMs: 1_000,
      onMessage: (message) => onMessage(message),
      onEnd: (end) => ends.push(end),
    });
  beforeEach(async () => {
    peer = await startPeer();
    timers = new ManualTimers();
    [messages, ends] = [[], []];
    onMessage = (message) => messages.push(message);
    connection = open();
    await until(() => peer.sockets.length === 1 && connection.isOpen());
  });
  afterEach(async () => {
    await connection.close();
    await peer.stop();
  });

  it('carries messages both ways', async () => {
    expect(await connection.opened()).toBe(true);
    connection.send('hello\n');
    peer.sockets[0]!.write('one\ntwo\nthr');
    await until(() => messages.length === 2 && peer.received.length === 1);
    peer.sockets[0]!.write('ee\n');
    await until(() => messages.length === 3);
    expect(messages).toEqual(['one', 'two', 'three']);
    expect(peer.received).toEqual(['hello\n']);
    expect(timers.count()).toBe(0);
  });

  it('sends what was given to it before it was established', async () => {
    const early = open();
    early.send('early\n');
    expect(early.isOpen()).toBe(false);
    await until(() => peer.received.length === 1);
    await early.close();
  });

  it('ends once when the other side goes', async () => {
    peer.sockets[0]!.end();
    await until(() => ends.length === 1);
    connection.send('never\n');
    connection.drop('too late');
    expect([ends, connection.isOpen()]).toEqual([[{ kind: 'closed-by-peer' }], false]);
  });

  it('ends when it is reset or refused', async () => {
    peer.sockets[0]!.resetAndDestroy();
    await until(() => ends.length === 1);
    await peer.stop();
    const refused = open();
    expect(await refused.opened()).toBe(false);
    expect(ends).toEqual([
      { kind: 'failed', code: 'ECONNRESET' },
      { kind: 'failed', code: 'ECONNREFUSED' },
    ]);
  });

  it('ends when it is not established in time', async () => {
    const hanging = open(nobody);
    timers.advance(1_000);
    expect(await hanging.opened()).toBe(false);
    expect(ends).toHaveLength(1);
    expect(timers.count()).toBe(0);
  });

  it('ends at what is no message, and gives nothing that came after it', async () => {
    onMessage = (message) => {
      messages.push(message);
      if (message === 'bad') throw new Error('no such message');
    };
    peer.sockets[0]!.write('good\nbad\nlost\n');
    await until(() => ends.length === 1);
    expect(messages).toEqual(['good', 'bad']);
    expect(ends).toEqual([{ kind: 'unreadable', reason: 'no such message' }]);
  });

  it('is dropped at once', async () => {
    onMessage = (message) => {
      messages.push(message);
      connection.drop('enough');
    };
    peer.sockets[0]!.write('one\ntwo\n');
    await until(() => ends.length === 1);
    expect([messages, ends]).toEqual([['one'], [{ kind: 'dropped', reason: 'enough' }]]);
  });

  it('sends all before it closes, and calls no handler afterwards', async () => {
    connection.send('bye\n');
    await connection.close();
    await until(() => peer.received.length === 1);
    expect([ends, await connection.opened()]).toEqual([[], true]);
    await connection.close();
    const unopened = open(nobody);
    await unopened.close();
    expect([ends, await unopened.opened()]).toEqual([[], false]);
  });
});
