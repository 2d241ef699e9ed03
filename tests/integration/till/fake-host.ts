import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '@bivak/clock';
import type { uplinkApi } from '@bivak/contracts';
import type { OfflineLimits, PaymentOutcome } from '@bivak/domain';
import { type ChainPlace, decodeBatch, type EntryEnvelope, genesisHash, verifyNext } from '@bivak/journal';
import { describeStopList, listHash } from '@bivak/stoplist';
import { jwtVerify } from 'jose';

/** The host as a till sees it, and the link to it. */
export class FakeHost {
  /** False cuts every connection: there is no link. */
  isUp = true;
  /** Cuts the connection after so many more batches were taken, before they are acknowledged. */
  loseAnswers = 0;
  /** What it refuses, by name. */
  refuses: 'nothing' | 'enrolment' | 'journal' = 'nothing';
  readonly entries: EntryEnvelope[] = [];
  /** What lay beside them. */
  readonly attachments: { name: string; content: string }[] = [];
  /** Its store's: another host, which has nothing of this one, has another. */
  readonly epoch = { epoch: 1, epochId: randomUUID() };
  batches = 0;
  stopList: { message: string | null; version: number } = { message: null, version: 0 };
  outcomes: PaymentOutcome[] = [];
  unreadableReaderKeys: string[] = [];
  onlineAnswer: 'pending' | 'approved' | 'declined' = 'pending';
  limits: OfflineLimits;
  readonly keys = generateKeyPairSync('ed25519');
  tillKey: KeyObject | undefined;
  #place: ChainPlace = { seq: 0, hash: genesisHash };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #clock: Clock;

  constructor(clock: Clock, limits: OfflineLimits) {
    this.#clock = clock;
    this.limits = limits;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('connection', (socket) => {
      if (!this.isUp) socket.destroy();
      this.#sockets.add(socket);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  setLink(isUp: boolean): void {
    this.isUp = isUp;
    if (!isUp) for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const answer = (status: number, value: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const url = new URL(request.url!, 'http://host');
    if (url.pathname === '/healthz') return answer(200, { status: 'ok' });
    if (url.pathname === '/v1/enrolment') {
      if (this.refuses === 'enrolment') return answer(403, { code: 'wrong-code', detail: 'no such code' });
      return answer(200, this.#enrol(body));
    }
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const options = { subject: 'till-1', currentDate: new Date(this.#clock.nowMs()), clockTolerance: 120 };
    if (this.tillKey === undefined) return answer(401, { code: 'not-authenticated' });
    try {
      await jwtVerify(token, this.tillKey, options);
    } catch {
      return answer(401, { code: 'not-authenticated' });
    }
    if (url.pathname.endsWith('/journal')) return this.#take(body, response, answer);
    if (url.pathname.endsWith('/downlink')) return answer(200, this.#downlink(url));
    return answer(200, { saleId: url.pathname.split('/')[5], state: this.onlineAnswer });
  }

  #enrol(body: string): object {
    const { tillId, publicKey } = JSON.parse(body) as { tillId: string; publicKey: string };
    this.tillKey = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return {
      tillId,
      ...this.epoch,
      hostPublicKey: this.keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    };
  }

  #take(body: string, response: ServerResponse, answer: (status: number, value: object) => void): void {
    this.batches++;
    if (this.refuses === 'journal') {
      answer(409, { code: 'journal-refused', acknowledgedSeq: this.#place.seq });
      return;
    }
    for (const entry of decodeBatch(body).entries) {
      const result = verifyNext(this.#place, entry, { tillId: 'till-1', publicKey: this.tillKey! });
      if (!result.ok && result.fault === 'repeated') continue;
      if (!result.ok) {
        answer(409, { code: 'journal-refused', acknowledgedSeq: this.#place.seq });
        return;
      }
      this.entries.push(result.envelope);
      for (const [name, one] of Object.entries(entry.attachments))
        if (one !== null) this.attachments.push({ name, content: one.content });
      this.#place = result.place;
    }
    if (this.loseAnswers > 0) {
      this.loseAnswers--;
      response.destroy();
      return;
    }
    answer(200, { tillId: 'till-1', ...this.epoch, acknowledgedSeq: this.#place.seq });
  }

  #downlink(url: URL): uplinkApi.Downlink {
    const [version, after] = ['stopListVersion', 'outcomesAfter'].map((name) =>
      Number(url.searchParams.get(name)),
    );
    const { message } = this.stopList;
    const stopListHash = message === null ? listHash(0, []) : String(describeStopList(message).hash);
    return {
      ...this.epoch,
      acknowledgedSeq: this.#place.seq,
      acknowledgedHash: this.#place.seq === 0 ? null : this.#place.hash,
      hostNow: new Date(this.#clock.nowMs()).toISOString(),
      limits: this.limits,
      bankWindowMs: 86_400_000,
      recoveryWindowMs: 604_800_000,
      stopList: version === this.stopList.version ? null : this.stopList.message,
      stopListVersion: this.stopList.version,
      stopListHash,
      unreadableReaderKeys: this.unreadableReaderKeys,
      outcomes: this.outcomes.filter(({ cursor }) => cursor > after!),
    };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
