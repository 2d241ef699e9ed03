import type { KeyObject } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import { uplinkApi } from '@bivak/contracts';
import { encodeBatch, type SealedEntry } from '@bivak/journal';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { LinkEvent } from './link-state.ts';

/** The host did not answer: nothing is known of what it took. */
export class NoAnswer extends Error {}

/** The host answered, and refused. */
export class HostRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, members: Record<string, unknown>) {
    super(`${status} ${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.members = members;
  }
}

/** The host's uplink (`@bivak/contracts`, uplink-api). Every call throws {@link NoAnswer} or {@link HostRefusal} where it fails. */
export interface HostClient {
  /** Whether there is a way to the host at all: a small question with a short patience. */
  probe(): Promise<void>;
  enrol(code: string, publicKey: string): Promise<z.infer<typeof uplinkApi.enrolled>>;
  ship(entries: readonly SealedEntry[]): Promise<number>;
  downlink(stopListVersion: number, outcomesAfter: number): Promise<uplinkApi.Downlink>;
  outcome(saleId: string, waitMs: number): Promise<'pending' | 'approved' | 'declined'>;
  /** Cuts what is under way. */
  close(): void;
}

export interface HostClientOptions {
  hostUrl: string;
  tillId: string;
  privateKey: KeyObject;
  clock: Clock;
  /** Told of every request that was answered, in whatever way, or not. */
  onEvent: (event: LinkEvent) => void;
}

const requestTimeoutMs = 20_000;
const probeTimeoutMs = 3_000;
const longestAnswerBytes = 16 * 1024 * 1024;

export function hostClient(options: HostClientOptions): HostClient {
  const { tillId, clock, hostUrl } = options;
  const closing = new AbortController();
  const authorization = async (): Promise<string> => {
    const nowS = Math.floor(clock.nowMs() / 1000);
    const token = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject(tillId);
    return `Bearer ${await token
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + 120)
      .sign(options.privateKey)}`;
  };
  const send = async <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    init: {
      method: string;
      body?: string;
      type?: string;
      isOpen?: boolean;
      timeoutMs?: number;
      waitMs?: number;
    },
  ): Promise<z.infer<Schema>> => {
    const headers: Record<string, string> = init.isOpen ? {} : { authorization: await authorization() };
    if (init.body !== undefined) headers['content-type'] = init.type ?? 'application/json';
    const limit = timeLimit(clock, init.timeoutMs ?? requestTimeoutMs, closing.signal);
    const beganMs = clock.nowMs();
    try {
      const response = await fetch(`${hostUrl}${path}`, {
        method: init.method,
        headers,
        signal: limit.signal,
        redirect: 'error',
        ...(init.body === undefined ? {} : { body: init.body }),
      });
      const value = await readJson(response);
      const atMs = clock.nowMs();
      // A long poll that waited did so because it was asked to.
      options.onEvent({ atMs, answered: true, tookMs: Math.max(0, atMs - beganMs - (init.waitMs ?? 0)) });
      if (!response.ok) throw refusal(response.status, value);
      return read(schema, value, path);
    } catch (error) {
      if (error instanceof HostRefusal) throw error;
      if (!closing.signal.aborted) options.onEvent({ atMs: clock.nowMs(), answered: false });
      throw new NoAnswer(`${init.method} ${path}: ${reasonOf(error)}`);
    } finally {
      limit.done();
    }
  };
  const own = `/v1/tills/${tillId}`;
  return {
    probe: async () => {
      await send(z.unknown(), '/healthz', { method: 'GET', isOpen: true, timeoutMs: probeTimeoutMs });
    },
    enrol: (code, publicKey) =>
      send(uplinkApi.enrolled, '/v1/enrolment', {
        method: 'POST',
        body: JSON.stringify({ tillId, code, publicKey }),
        isOpen: true,
      }),
    ship: async (entries) => {
      const answer = await send(uplinkApi.acknowledgement, `${own}/journal`, {
        method: 'POST',
        body: encodeBatch(entries),
        type: 'application/x-ndjson',
      });
      return answer.acknowledgedSeq;
    },
    downlink: (stopListVersion, outcomesAfter) =>
      send(
        uplinkApi.downlink,
        `${own}/downlink?stopListVersion=${stopListVersion}&outcomesAfter=${outcomesAfter}`,
        { method: 'GET' },
      ),
    outcome: async (saleId, waitMs) => {
      const path = `${own}/sales/${saleId}/outcome?waitMs=${waitMs}`;
      const answer = await send(uplinkApi.onlineOutcome, path, {
        method: 'GET',
        timeoutMs: waitMs + 1_000,
        waitMs,
      });
      return answer.state;
    },
    close: () => closing.abort(),
  };
}

/** A signal that aborts after so long on the till's clock, or with `outer`. */
function timeLimit(
  clock: Clock,
  timeoutMs: number,
  outer: AbortSignal,
): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const timer = clock.at(clock.nowMs() + timeoutMs, () =>
    controller.abort(new Error(`no answer in ${timeoutMs} ms`)),
  );
  return { signal: AbortSignal.any([controller.signal, outer]), done: () => timer.cancel() };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.length > longestAnswerBytes) throw new Error('an answer of more than 16 MiB');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`an answer that is no JSON (status ${response.status})`);
  }
}

function refusal(status: number, value: unknown): HostRefusal {
  const members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return new HostRefusal(status, String(members.code ?? 'unknown'), String(members.detail ?? ''), members);
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HostRefusal(200, 'unreadable-answer', `${path}: ${z.prettifyError(parsed.error)}`, {});
}

/** undici says "fetch failed" and keeps the reason as the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
