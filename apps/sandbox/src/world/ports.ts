import { createServer, type Server } from 'node:net';

/** Ports that were chosen and are kept from others until the process that needs them is about to start. */
export interface ReservedPorts<Name extends string> {
  ports: Readonly<Record<Name, number>>;
  /** Gives the ports free for the process that will listen on them. */
  release(names: readonly Name[]): Promise<void>;
}

const HIGHEST_PORT = 65_535;

/**
 * A free loopback port for each name: the preferred one, else the next above it that is free and not chosen yet.
 * The order of the names is the order of choosing.
 */
export async function reservePorts<Name extends string>(
  preferred: Readonly<Record<Name, number>>,
): Promise<ReservedPorts<Name>> {
  const holders = new Map<Name, Server>();
  const ports = {} as Record<Name, number>;
  for (const name of Object.keys(preferred) as Name[]) {
    const { port, holder } = await firstFree(preferred[name]);
    ports[name] = port;
    holders.set(name, holder);
  }
  return {
    ports,
    async release(names) {
      for (const name of names) {
        const holder = holders.get(name);
        holders.delete(name);
        if (holder !== undefined) await new Promise((resolve) => holder.close(resolve));
      }
    },
  };
}

async function firstFree(from: number): Promise<{ port: number; holder: Server }> {
  for (let port = from; port <= HIGHEST_PORT; port += 1) {
    const holder = await tryToHold(port);
    if (holder !== undefined) return { port, holder };
  }
  throw new Error(`There is no free port from ${from} upward.`);
}

function tryToHold(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
