import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { hostApi, sandboxApi } from '@bivak/contracts';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../apps/host/src/store/index.ts';
import { until } from '../../apps/host/src/testing/clock.ts';
import { type TestTill, testPans, testTill } from '../../apps/host/src/testing/till.ts';
import type { Machine } from '../storm/machine.ts';
import { readOptions } from '../storm/options.ts';
import { bankIds, openWorld, type World } from '../storm/world.ts';

/** Stands before a bank and knows its connections; it can keep the bank's answers to itself. */
interface Counted {
  port: number;
  open: () => number;
  max: () => number;
  isDeaf: boolean;
  /** Bytes that came from hosts. */
  received: () => number;
  close(): void;
}

async function countConnections(target: number): Promise<Counted> {
  const sockets = new Set<Socket>();
  let [max, received, open] = [0, 0, 0];
  const server: Server = createServer((client) => {
    max = Math.max(max, ++open);
    const bank = connect(target, '127.0.0.1');
    for (const socket of [client, bank]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        bank.destroy();
      });
    }
    client.on('close', () => {
      open--;
    });
    client.on('data', (bytes) => {
      received += bytes.length;
      bank.write(bytes);
    });
    bank.on('data', (bytes) => {
      if (!counted.isDeaf) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const counted: Counted = {
    port: (server.address() as AddressInfo).port,
    open: () => open,
    max: () => max,
    isDeaf: false,
    received: () => received,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return counted;
}

describe('two hosts of one store', { timeout: 120_000 }, () => {
  let world: World;
  let counted: Counted[];
  let till: TestTill;
  let one: Machine;
  let two: Machine;

  beforeAll(async () => {
    counted = [];
    const options = readOptions(['--preset', 'honest', '--payments', '1', '--hosts', '2']);
    world = await openWorld(options, () => ({ do: 'pass' }), {
      before: async (isoPort) => {
        const proxy = await countConnections(isoPort);
        counted.push(proxy);
        return proxy.port;
      },
    });
    [one, two] = world.hosts as [Machine, Machine];
    till = testTill('till-1', () => world.clock.nowMs());
    const publicKey = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const body = JSON.stringify({ tillId: 'till-1', code: world.codeOf('till-1'), publicKey });
    const enrolled = await fetch(`${one.url}/v1/enrolment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(enrolled.status).toBe(200);
  }, 120_000);
  afterAll(async () => {
    for (const one of counted) one.close();
    await world.end(false);
  }, 60_000);

  const authorization = async (): Promise<string> => {
    const jwt = new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('till-1')
      .setIssuedAt(Math.floor(world.clock.nowMs() / 1_000));
    return `Bearer ${await jwt.sign(till.privateKey)}`;
  };
  const ship = async (host: Machine): Promise<void> => {
    const answer = await fetch(`${host.url}/v1/tills/till-1/journal`, {
      method: 'POST',
      body: till.batch(),
      headers: { authorization: await authorization(), 'content-type': 'application/x-ndjson' },
    });
    expect(answer.status).toBe(200);
  };
  const outcome = async (host: Machine, saleId: string): Promise<string> => {
    const answer = await fetch(`${host.url}/v1/tills/till-1/sales/${saleId}/outcome?waitMs=8000`, {
      headers: { authorization: await authorization() },
    });
    return ((await answer.json()) as { state: string }).state;
  };
  const banksAt = async (host: Machine): Promise<hostApi.Bank[]> => {
    const answer = await fetch(`${host.url}/v1/banks`);
    return ((await answer.json()) as { items: hostApi.Bank[] }).items;
  };
  const areAllSignedOn = async (host: Machine): Promise<boolean> =>
    (await banksAt(host)).every(({ session }) => session === 'signed-on');
  const ledgerOf = async (saleId: string): Promise<sandboxApi.LedgerEntry[]> => {
    const books = await Promise.all(
      world.banks.map(async ({ url }) => {
        const answer = await fetch(`${url}/v1/ledger`);
        return ((await answer.json()) as { items: sandboxApi.LedgerEntry[] }).items;
      }),
    );
    return books.flat().filter(({ reference }) => reference === saleId);
  };
  const netOf = async (saleId: string): Promise<number> =>
    (await ledgerOf(saleId)).reduce(
      (net, { kind }) => net + (kind === 'debit' ? 1 : kind === 'reversal' ? -1 : 0),
      0,
    );
  const stateOf = async (saleId: string): Promise<string | undefined> => {
    const [row] = await world.database.query<{ state: string }>(
      sql`select state from payments where payment_id = ${saleId}`,
    );
    return row?.state;
  };
  const openConnections = (): number[] => counted.map(({ open }) => open());
  const oneEach = bankIds.map(() => 1);

  it('sign on once a terminal, and each knows how the sessions of the other are', async () => {
    await until(() => areAllSignedOn(one));
    await until(() => areAllSignedOn(two));
    expect(openConnections()).toEqual(oneEach);
    expect(counted.map(({ max }) => max())).toEqual(oneEach);
  });

  it('answer a buyer at either host at once', async () => {
    for (const host of [one, two, one, two]) {
      const saleId = till.intend({ pan: testPans[0], totalMinor: 40_000, requestedMode: 'online' });
      const beganMs = performance.now();
      await ship(host);
      expect(await outcome(host, saleId)).toBe('approved');
      expect(performance.now() - beganMs).toBeLessThan(1_000);
      till.accept(saleId, 'online');
      await ship(host === one ? two : one);
      expect(await netOf(saleId)).toBe(1);
    }
    expect(counted.map(({ max }) => max())).toEqual(oneEach);
  });

  it('reverse and collect once what was handed over to a host that is killed, whose connections move', async () => {
    for (const bank of counted) bank.isDeaf = true;
    const before = counted.map(({ received }) => received());
    const saleId = till.sell({ pan: testPans[1]!, totalMinor: 50_000 });
    await ship(two);
    await until(() => counted.some(({ received }, index) => received() > before[index]! + 50));
    await until(async () => (await ledgerOf(saleId)).length === 1);
    await one.end('SIGKILL');
    for (const bank of counted) bank.isDeaf = false;
    await until(async () => openConnections().every((open) => open === 1) && (await areAllSignedOn(two)));
    await until(
      async () => (await stateOf(saleId)) === 'collected',
      () => {},
      90_000,
    );
    const lines = await ledgerOf(saleId);
    expect(lines.map(({ kind }) => kind)).toContain('reversal');
    expect(await netOf(saleId)).toBe(1);
    await one.start();
    await until(() => areAllSignedOn(one));
    expect(openConnections()).toEqual(oneEach);
  });

  it('hand the connections on at once when one of them ends in order', async () => {
    const beganMs = performance.now();
    await two.end('SIGTERM');
    await until(async () => openConnections().every((open) => open === 1) && (await areAllSignedOn(one)));
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    expect(openConnections()).toEqual(oneEach);
    await two.start();
  });
});
