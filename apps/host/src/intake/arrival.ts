import type { Readable } from 'node:stream';

/** What of a request's body has arrived. */
export interface Arrival {
  text: string;
  end: 'whole' | 'cut' | 'too-long';
}

/**
 * Reads a body as far as it arrives: a short uplink may cut it anywhere, and its whole entries count. Never rejects. Call it
 * before anything is awaited: a stream that breaks drops what nobody has read.
 */
export function readArrival(body: Readable, limitBytes: number): Promise<Arrival> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (cause: Arrival['end']): void => {
      body.removeListener('data', take);
      body.resume(); // the rest is discarded
      resolve({ text: Buffer.concat(chunks).toString('utf8'), end: cause });
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limitBytes) end('too-long');
      else chunks.push(chunk);
    };
    body.on('data', take);
    body.once('end', () => end('whole'));
    body.once('error', () => end('cut'));
    body.once('close', () => end('cut'));
  });
}
