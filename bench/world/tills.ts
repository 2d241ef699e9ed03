import { luhnDigit } from '@bivak/card';
import { encodeBatch } from '@bivak/journal';
import { SignJWT } from 'jose';
import { type TestTill, testTill } from '../../apps/host/src/testing/till.ts';
import type { BenchHost } from './bench-host.ts';

const salesOfABatch = 50;

/** Tills whose journals are written before anything is measured: what is measured is the host's work alone. */
export class BenchTills {
  readonly #host: BenchHost;
  readonly #tills: TestTill[];
  readonly #shipped = new Map<TestTill, number>();
  #cards = 0;

  constructor(host: BenchHost, tillIds: readonly string[]) {
    this.#host = host;
    this.#tills = tillIds.map((tillId) => testTill(tillId, Date.now));
  }

  async enrol(): Promise<void> {
    for (const { tillId, publicKey } of this.#tills) {
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      const answer = await fetch(`${this.#host.url}/v1/enrolment`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ tillId, code: this.#host.codeOf(tillId), publicKey: key }),
      });
      if (!answer.ok) throw new Error(`${tillId} is not enrolled: ${await answer.text()}`);
    }
  }

  /** Writes as many sales into the journals, each with a card of its own. */
  write(sales: number): void {
    for (let made = 0; made < sales; made++)
      this.#tills[made % this.#tills.length]!.sell({ pan: panOf(++this.#cards), totalMinor: 10_000 + made });
  }

  /** Ships all that was written, every till its batches one after the other; resolves with how many entries. */
  async ship(): Promise<number> {
    const counts = await Promise.all(this.#tills.map((till) => this.#shipOne(till)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #shipOne(till: TestTill): Promise<number> {
    const began = this.#shipped.get(till) ?? 0;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject(till.tillId)
      .setIssuedAt(Math.floor(Date.now() / 1_000))
      .sign(till.privateKey);
    for (let from = began; from < till.entries.length; from += 2 * salesOfABatch) {
      const answer = await fetch(`${this.#host.url}/v1/tills/${till.tillId}/journal`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
        body: encodeBatch(till.entries.slice(from, from + 2 * salesOfABatch)),
      });
      if (!answer.ok) throw new Error(`a batch was refused: ${await answer.text()}`);
    }
    this.#shipped.set(till, till.entries.length);
    return till.entries.length - began;
  }
}

/** A number of a test range, different for each `number`. */
function panOf(number: number): string {
  const digits = `476173${String(number).padStart(9, '0')}`;
  return `${digits}${luhnDigit(digits)}`;
}
