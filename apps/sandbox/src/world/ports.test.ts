import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ReservedPorts, reservePorts } from './ports.ts';

const names = ['first', 'second'] as const;

describe('ports', () => {
  const reserved: ReservedPorts<(typeof names)[number]>[] = [];
  const taken: Server[] = [];
  const reserve = async (preferred: number) => {
    const result = await reservePorts({ first: preferred, second: preferred });
    reserved.push(result);
    return result;
  };
  const take = async (): Promise<number> => {
    const server = createServer();
    taken.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  afterEach(async () => {
    for (const one of reserved.splice(0)) await one.release(names);
    for (const server of taken.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  it('step over one that is taken, and over those chosen before', async () => {
    const port = await take();
    const { ports } = await reserve(port);
    expect(ports.first).toBeGreaterThan(port);
    expect(ports.second).toBeGreaterThan(ports.first);
  });

  it('are kept from a second choice until they are released', async () => {
    const base = (await take()) + 1;
    const one = await reserve(base);
    const two = await reserve(base);
    expect(new Set([...Object.values(one.ports), ...Object.values(two.ports)]).size).toBe(4);
    await one.release(['first']);
    const server = createServer();
    taken.push(server);
    await new Promise<void>((resolve) => server.listen(one.ports.first, '127.0.0.1', resolve));
    expect((server.address() as AddressInfo).port).toBe(one.ports.first);
  });
});
