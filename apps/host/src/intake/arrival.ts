import type { Readable } from 'node:stream';

/** What of a request's body has arrived. */
export interface Arrival {
  text: string;
  end: 'whole' | 'cut' | 'too-long';
}

/**
 * Reads a body as far as it comes: on a link of seconds it may be cut anywhere, and what has arrived whole is worth
 * keeping. Never rejects. Call it before anything is waited for: a stream that breaks forgets what nobody has read.
 */
export function readArrival(body: Readable, limitBytes: number): Promise<Arrival> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (how: Arrival['end']): void => {
      body.removeListener('data', take);
      body.resume(); // whatever still comes is let through unread
      resolve({ text: Buffer.concat(chunks).toString('utf8'), end: how });
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
