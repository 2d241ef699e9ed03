/** What of a request's body has arrived. */
export interface Arrival {
  text: string;
  end: 'whole' | 'cut' | 'too-long';
}

/**
 * Reads a body as far as it comes: on a link of seconds it may be cut anywhere, and what has arrived whole is worth
 * keeping. Never throws.
 */
export async function readArrival(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Arrival> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const arrived = (end: Arrival['end']): Arrival => ({ text: Buffer.concat(chunks).toString('utf8'), end });
  try {
    for await (const chunk of body) {
      if (bytes + chunk.length > limitBytes) return arrived('too-long');
      bytes += chunk.length;
      chunks.push(chunk);
    }
    return arrived('whole');
  } catch {
    return arrived('cut');
  }
}
