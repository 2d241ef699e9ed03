import { setTimeout as realDelay } from 'node:timers/promises';
import { type Clock, sleepMs } from '@bivak/clock';
import type { OnlineDesk } from '../sale/index.ts';
import { type DownlinkOptions, poll } from './downlink.ts';
import { type HostClient, HostRefusal, NoAnswer } from './host-client.ts';
import type { LinkState } from './link-state.ts';
import { type Shipping, shipping } from './shipping.ts';

/** The till's way to the host: ships what is new, fetches what the host has, asks it while the buyer waits. */
export interface Uplink extends OnlineDesk {
  /** Says that there is something to ship. */
  kick(): void;
  stop(): Promise<void>;
}

export interface UplinkOptions extends DownlinkOptions {
  client: HostClient;
  link: () => LinkState;
  enrolmentCode: string;
  /** Ed25519, SPKI, base64. */
  publicKey: string;
  /** Told after each round in which the host answered, be it a refusal. */
  onContact: () => void;
  log: DownlinkOptions['log'] & { warn(fields: object, message: string): void };
}

/** Between two polls while the link is there; after a request without an answer; after a refusal. */
const pollEveryMs = 60_000;
/** How often a till with nothing to ship looks whether the link is still there: the cashier's screen says so in seconds. */
const lookEveryMs = 5_000;
const retryMs = 2_000;
const refusedMs = 10_000;
/** How long a buyer waits for the host. */
const authorisationMs = 4_000;

export function startUplink(options: UplinkOptions): Uplink {
  const { clock, link, enrolment, client } = options;
  const ships = shipping(options);
  const stopping = new AbortController();
  const bell = doorbell(clock, stopping.signal);
  let nextPollMs = 0;

  const round = async (): Promise<void> => {
    const wasDown = link().state === 'down';
    if (wasDown) await client.probe();
    if (enrolment.hostKey() === null) await enrol(options);
    const shipped = await ships.shipAll().catch(refused);
    if (wasDown || shipped !== 0 || clock.nowMs() >= nextPollMs) {
      await poll(options);
      nextPollMs = clock.nowMs() + pollEveryMs;
    } else await client.probe();
    if (shipped instanceof HostRefusal) throw shipped;
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const failure = await attempt(round, options);
      if (failure === 'none') await bell.wait(Math.max(0, Math.min(lookEveryMs, nextPollMs - clock.nowMs())));
      else await pause(clock, failure === 'no-answer' ? retryMs : refusedMs, stopping.signal);
    }
  };
  const running = run();
  return {
    kick: bell.ring,
    isThere: () => link().state === 'up' && enrolment.hostKey() !== null,
    authorise: (saleId) => authorise(saleId, ships, options),
    async stop() {
      stopping.abort();
      client.close();
      await running;
    },
  };
}

async function enrol({
  client,
  enrolment,
  enrolmentCode,
  publicKey,
  clock,
  log,
}: UplinkOptions): Promise<void> {
  const { hostPublicKey } = await client.enrol(enrolmentCode, publicKey);
  enrolment.save(hostPublicKey, clock.nowMs());
  log.info({}, 'enrolled with the host');
}

/** A journal that is refused keeps nobody from hearing what the host has for this till: the stop-list above all. */
function refused(error: unknown): HostRefusal {
  if (error instanceof HostRefusal) return error;
  throw error;
}

async function attempt(
  round: () => Promise<void>,
  { log, onContact }: UplinkOptions,
): Promise<'none' | 'no-answer' | 'refused'> {
  try {
    await round();
    onContact();
    return 'none';
  } catch (error) {
    if (error instanceof NoAnswer) return 'no-answer';
    onContact(); // there is a link, whatever the host thinks of this till
    // Anything else is the host's refusal or a bug: said each time, tried again later, so that selling goes on.
    log.warn({ err: error instanceof HostRefusal ? error.message : error }, 'the host refused');
    return 'refused';
  }
}

/** Waits so long on the till's clock, and never less than a moment of real time, so that a fast clock makes no busy loop. */
async function pause(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  const waits = [sleepMs(clock, durationMs, signal), realDelay(50, undefined, { signal })]; // real time: see above
  await Promise.allSettled(waits);
}

/** A wait that a ring ends; a ring while nobody waits ends the next wait at once. */
function doorbell(
  clock: Clock,
  signal: AbortSignal,
): { ring: () => void; wait: (durationMs: number) => Promise<void> } {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    async wait(durationMs) {
      const ended = new AbortController();
      wake = () => ended.abort();
      if (!isRung) await sleepMs(clock, durationMs, AbortSignal.any([signal, ended.signal])).catch(() => {});
      wake = undefined;
      isRung = false;
    },
  };
}

/** Ships the intent and asks what the host made of it, until the buyer has waited long enough. */
async function authorise(
  saleId: string,
  ships: Shipping,
  { clock, client }: UplinkOptions,
): Promise<'approved' | 'declined' | 'no-answer'> {
  const endsMs = clock.nowMs() + authorisationMs;
  const patience = new AbortController();
  const ask = async (): Promise<'approved' | 'declined' | 'no-answer'> => {
    await ships.shipAll();
    while (clock.nowMs() < endsMs) {
      const state = await client.outcome(saleId, Math.max(1, Math.round(endsMs - clock.nowMs())));
      if (state !== 'pending') return state;
      await sleepMs(clock, 100);
    }
    return 'no-answer';
  };
  const limit = sleepMs(clock, authorisationMs, patience.signal).then(
    () => 'no-answer' as const,
    () => 'no-answer' as const,
  );
  try {
    return await Promise.race([ask(), limit]);
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof HostRefusal) return 'no-answer';
    throw error;
  } finally {
    patience.abort();
  }
}
