import { setTimeout as realDelay } from 'node:timers/promises';
import { type Clock, sleepMs } from '@bivak/clock';
import type { OnlineAuthorization, OnlineAuthorizer } from '../sale/index.ts';
import { type DownlinkOptions, poll } from './downlink.ts';
import { type HostClient, HostRefusal, NoResponse } from './host-client.ts';
import type { LinkState } from './link-state.ts';
import { type Shipping, shipping } from './shipping.ts';

/** The till's way to the host: ships what is new, fetches what the host has, asks it while the buyer waits. */
export interface Uplink extends OnlineAuthorizer {
  /** Ships now: there is something new. */
  wake(): void;
  stop(): Promise<void>;
}

export interface UplinkOptions extends DownlinkOptions {
  client: HostClient;
  link: () => LinkState;
  enrolmentCode: string;
  /** Ed25519, SPKI, base64. */
  publicKey: string;
  /** Called after each round in which the host responded, be it a refusal. */
  onContact: () => void;
}

/** Between two polls while the link is there; after a request without a response; after a refusal. */
const pollEveryMs = 60_000;
/** How often a till with nothing to ship looks whether the link is still there: the cashier's screen shows it in seconds. */
const lookEveryMs = 5_000;
const retryMs = 2_000;
const refusedMs = 10_000;
/** How long a buyer waits for the host. */
const maxAuthorizationMs = 4_000;

export function startUplink(options: UplinkOptions): Uplink {
  const { clock, link, enrolment, client } = options;
  const ships = shipping(options);
  const stopping = new AbortController();
  const idling = wakeableWait(clock, stopping.signal);
  let nextPollMs = 0;

  const round = async (): Promise<void> => {
    const wasDown = link().state === 'down';
    if (wasDown) await client.probe();
    if (enrolment.hostKey() === null) await enrol(options);
    const shipped = await ships.shipAll().catch(asRefusal);
    if (wasDown || shipped !== 0 || clock.nowMs() >= nextPollMs) {
      await poll(options);
      nextPollMs = clock.nowMs() + pollEveryMs;
    } else await client.probe();
    if (shipped instanceof HostRefusal) throw shipped;
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const failure = await attempt(round, options);
      if (failure === 'none')
        await idling.wait(Math.max(0, Math.min(lookEveryMs, nextPollMs - clock.nowMs())));
      else await pause(clock, failure === 'no-response' ? retryMs : refusedMs, stopping.signal);
    }
  };
  const running = run();
  return {
    wake: idling.wake,
    isAvailable: () => link().state === 'up' && enrolment.hostKey() !== null,
    authorize: (saleId) => authorize(saleId, ships, options),
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
  store,
  clock,
  log,
}: UplinkOptions): Promise<void> {
  const { hostPublicKey, epochId } = await client.enrol(enrolmentCode, publicKey);
  // Before its key: a till with a key has the epoch of that store.
  if (store.state().epochId === null) store.update({ epochId });
  enrolment.save(hostPublicKey, clock.nowMs());
  log.info({}, 'enrolled with the host');
}

/** Though its journal is refused, the till fetches what the host has for it: the stop-list above all. */
function asRefusal(error: unknown): HostRefusal {
  if (error instanceof HostRefusal) return error;
  throw error;
}

async function attempt(
  round: () => Promise<void>,
  { log, onContact }: UplinkOptions,
): Promise<'none' | 'no-response' | 'refused'> {
  try {
    await round();
    onContact();
    return 'none';
  } catch (error) {
    if (error instanceof NoResponse) return 'no-response';
    onContact(); // there is a link, even if the host refuses this till
    // Anything else is the host's refusal or a bug: logged each time, tried again later, so that selling goes on.
    log.warn({ err: error instanceof HostRefusal ? error.message : error }, 'the host refused; trying again');
    return 'refused';
  }
}

/** Waits so long on the till's clock, and never less than a moment of real time, so that a fast clock makes no busy loop. */
async function pause(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  const waits = [sleepMs(clock, durationMs, signal), realDelay(50, undefined, { signal })]; // real time: see above
  await Promise.allSettled(waits);
}

/** A wait that `wake` ends; woken while nobody waits, the next wait ends at once. */
function wakeableWait(
  clock: Clock,
  signal: AbortSignal,
): { wake: () => void; wait: (durationMs: number) => Promise<void> } {
  let isWoken = false;
  let endWait: (() => void) | undefined;
  return {
    wake() {
      isWoken = true;
      endWait?.();
    },
    async wait(durationMs) {
      const ended = new AbortController();
      endWait = () => ended.abort();
      if (!isWoken) await sleepMs(clock, durationMs, AbortSignal.any([signal, ended.signal])).catch(() => {});
      endWait = undefined;
      isWoken = false;
    },
  };
}

/** Ships the intent and requests what the host made of it, until the buyer has waited long enough. */
async function authorize(
  saleId: string,
  ships: Shipping,
  { clock, client }: UplinkOptions,
): Promise<OnlineAuthorization> {
  const endsMs = clock.nowMs() + maxAuthorizationMs;
  const ended = new AbortController();
  const request = async (): Promise<OnlineAuthorization> => {
    await ships.shipAll();
    while (clock.nowMs() < endsMs) {
      const state = await client.outcome(saleId, Math.max(1, Math.round(endsMs - clock.nowMs())));
      if (state !== 'pending') return state;
      await sleepMs(clock, 100);
    }
    return 'no-answer';
  };
  const timeLimit = sleepMs(clock, maxAuthorizationMs, ended.signal).then(
    () => 'no-answer' as const,
    () => 'no-answer' as const,
  );
  try {
    return await Promise.race([request(), timeLimit]);
  } catch (error) {
    if (error instanceof NoResponse || error instanceof HostRefusal) return 'no-answer';
    throw error;
  } finally {
    ended.abort();
  }
}
