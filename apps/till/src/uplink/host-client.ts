import type { KeyObject } from 'node:crypto';
import type { Clock } from '@bivak/clock';
import { uplinkApi } from '@bivak/contracts';
import type { StoreEpoch } from '@bivak/domain';
import { encodeBatch, type SealedEntry } from '@bivak/journal';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { LinkEvent } from './link-state.ts';

/** The host did not respond: nothing is known of what it took. */
export class NoResponse extends Error {}

/** The host responded, and refused; its message is for the log. */
export class HostRefusal extends Error {
  /** The code of the host's problem, or what else is wrong with its response. */
  readonly code: string;
  /** The facts that came with the code. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, detail: string, data: Record<string, unknown>) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.data = data;
  }
}

/** The host's uplink (`@bivak/contracts`, uplink-api). Every call throws {@link NoResponse} or {@link HostRefusal} if it fails. */
export interface HostClient {
  /** Whether there is a way to the host at all: a small request with a short time-out. */
  probe(): Promise<void>;
  enrol(code: string, publicKey: string): Promise<z.infer<typeof uplinkApi.enrolled>>;
  /** `beforeSending` is called once the request is signed, with what the till remembers of before. */
  ship(entries: readonly SealedEntry[], beforeSending: () => void): Promise<Acknowledged>;
  downlink(stopListVersion: number, outcomesAfter: number): Promise<uplinkApi.Downlink>;
  outcome(saleId: string, waitMs: number): Promise<uplinkApi.OnlineOutcomeState>;
  /** Cuts what is under way. */
  close(): void;
}

/** How far the host's store has the journal, and which store that is. */
export interface Acknowledged extends StoreEpoch {
  acknowledgedSeq: number;
}

export interface HostClientOptions {
  hostUrl: string;
  tillId: string;
  privateKey: KeyObject;
  clock: Clock;
  /** What the till knows of the host's store: every request says it. */
  memory: () => uplinkApi.TillMemory;
  /** Called after every request: answered, in whatever way, or not. */
  onEvent: (event: LinkEvent) => void;
}

const requestTimeoutMs = 20_000;
const probeTimeoutMs = 3_000;
const maxResponseBytes = 16 * 1024 * 1024;

export function hostClient(options: HostClientOptions): HostClient {
  const { tillId, clock, hostUrl } = options;
  const closing = new AbortController();
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
      beforeSending?: () => void;
    },
  ): Promise<z.infer<Schema>> => {
    const headers: Record<string, string> = init.isOpen
      ? {}
      : { authorization: await authorization(options) };
    init.beforeSending?.();
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
      // The waiting of a long poll is no slowness of the link.
      options.onEvent({ atMs, answered: true, tookMs: Math.max(0, atMs - beganMs - (init.waitMs ?? 0)) });
      if (!response.ok) throw refusal(value);
      return read(schema, value, path);
    } catch (error) {
      if (error instanceof HostRefusal) throw error;
      if (!closing.signal.aborted) options.onEvent({ atMs: clock.nowMs(), answered: false });
      throw new NoResponse(`${init.method} ${path}: ${reasonOf(error)}`);
    } finally {
      limit.done();
    }
  };
  const tillPath = `/v1/tills/${tillId}`;
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
    ship: (entries, beforeSending) =>
      send(uplinkApi.acknowledgement, `${tillPath}/journal`, {
        method: 'POST',
        body: encodeBatch(entries),
        type: 'application/x-ndjson',
        beforeSending,
      }),
    downlink: (stopListVersion, outcomesAfter) =>
      send(
        uplinkApi.downlink,
        `${tillPath}/downlink?stopListVersion=${stopListVersion}&outcomesAfter=${outcomesAfter}`,
        { method: 'GET' },
      ),
    outcome: async (saleId, waitMs) => {
      const path = `${tillPath}/sales/${saleId}/outcome?waitMs=${waitMs}`;
      const response = await send(uplinkApi.onlineOutcome, path, {
        method: 'GET',
        timeoutMs: waitMs + 1_000,
        waitMs,
      });
      return response.state;
    },
    close: () => closing.abort(),
  };
}

/** What the till knows is said as it is when this is called. */
async function authorization({ tillId, privateKey, clock, memory }: HostClientOptions): Promise<string> {
  const nowS = Math.floor(clock.nowMs() / 1000);
  const token = new SignJWT({ memory: memory() }).setProtectedHeader({ alg: 'EdDSA' }).setSubject(tillId);
  return `Bearer ${await token
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + 120)
    .sign(privateKey)}`;
}

/** A signal that aborts after so long on the till's clock, or with `outer`. */
function timeLimit(
  clock: Clock,
  timeoutMs: number,
  outer: AbortSignal,
): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const timer = clock.at(clock.nowMs() + timeoutMs, () =>
    controller.abort(new Error(`no response in ${timeoutMs} ms`)),
  );
  return { signal: AbortSignal.any([controller.signal, outer]), done: () => timer.cancel() };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.length > maxResponseBytes) throw new Error('a response of more than 16 MiB');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`a response that is no JSON (status ${response.status})`);
  }
}

function refusal(value: unknown): HostRefusal {
  const data = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return new HostRefusal(String(data.code ?? 'unknown'), String(data.detail ?? ''), data);
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HostRefusal('unreadable-response', `${path}: ${z.prettifyError(parsed.error)}`, {});
}

/** undici throws "fetch failed" with the reason as its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
