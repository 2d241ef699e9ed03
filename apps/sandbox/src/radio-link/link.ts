import { connect, type Socket } from 'node:net';
import type { Clock, Timer } from '@bivak/clock';
import type { sandboxApi } from '@bivak/contracts';
import { type LinkSample, modelledRide, playedRide, type Ride, recordedRide, seededRandom } from './model.ts';

const unlimited: LinkSample = { durationMs: Number.POSITIVE_INFINITY, kbps: 2_000, latencyMs: 60 };
const cut: LinkSample = { durationMs: Number.POSITIVE_INFINITY, kbps: 0, latencyMs: 0 };
/** A connection through which nothing could pass for so long is gone, as a radio network drops it. */
const dropAfterMs = 30_000;
const stepMs = 50;
/** Instants are written with four digits for the year. */
const lastInstantMs = Date.UTC(2100, 0, 1);

interface Pipe {
  from: Socket;
  to: Socket;
  direction: 'up' | 'down';
  waiting: { bytes: Buffer; readyAtMs: number }[];
  isEnded: boolean;
}

/** The radio link of one till: every connection of the till to the rest passes here, and shares its rate. */
export class RadioLink {
  readonly #tillId: string;
  readonly #clock: Clock;
  readonly #seed: number;
  #mode: sandboxApi.LinkState['mode'] = 'up';
  #ride: { beganAtMs: number; ride: Ride } | undefined;
  #sample: LinkSample = unlimited;
  #sampleEndsAtMs = Number.POSITIVE_INFINITY;
  #silentSinceMs: number;
  #bytes = { up: 0, down: 0 };
  #credit = { up: 0, down: 0 };
  #creditAtMs: number;
  readonly #pipes = new Set<Pipe>();
  #timer: Timer | undefined;

  constructor(tillId: string, clock: Clock, seed: number) {
    this.#tillId = tillId;
    this.#clock = clock;
    this.#seed = seed;
    this.#silentSinceMs = clock.nowMs();
    this.#creditAtMs = clock.nowMs();
  }

  set(setting: sandboxApi.LinkSetting): void {
    this.#mode = setting.mode;
    this.#ride = undefined;
    this.#sampleEndsAtMs = Number.POSITIVE_INFINITY;
    if (setting.mode === 'up') {
      this.#use({
        ...unlimited,
        kbps: setting.kbps ?? unlimited.kbps,
        latencyMs: setting.latencyMs ?? unlimited.latencyMs,
      });
    } else if (setting.mode === 'down') this.#use(cut);
    else {
      const ride =
        setting.mode === 'trace'
          ? recordedRide(setting.samples.map(fromRecording))
          : playedRide(modelledRide(seededRandom(setting.seed ?? this.#seed)));
      this.#ride = { beganAtMs: this.#clock.nowMs(), ride };
    }
    this.#turn();
  }

  #use(sample: LinkSample): void {
    if (sample.kbps === 0 && this.#sample.kbps > 0) this.#silentSinceMs = this.#clock.nowMs();
    this.#sample = sample;
  }

  state(): sandboxApi.LinkState {
    this.#advance();
    return {
      tillId: this.#tillId,
      mode: this.#mode,
      passing: this.#sample.kbps > 0,
      kbps: this.#sample.kbps,
      latencyMs: this.#sample.latencyMs,
      bytesUp: this.#bytes.up,
      bytesDown: this.#bytes.down,
      changesAt: this.#changesAt(),
    };
  }

  #changesAt(): string | null {
    const isFarOff = this.#sampleEndsAtMs >= lastInstantMs;
    return isFarOff ? null : new Date(Math.ceil(this.#sampleEndsAtMs)).toISOString();
  }

  /** Takes a connection of the till on its way to `port`. */
  carry(till: Socket, port: number): void {
    const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.#pipe(till, far, 'up');
    this.#pipe(far, till, 'down');
  }

  close(): void {
    this.#timer?.cancel();
    for (const { from } of this.#pipes) from.destroy();
  }

  #pipe(from: Socket, to: Socket, direction: Pipe['direction']): void {
    const pipe: Pipe = { from, to, direction, waiting: [], isEnded: false };
    this.#pipes.add(pipe);
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      pipe.waiting.push({ bytes, readyAtMs: this.#clock.nowMs() + this.#sample.latencyMs / 2 });
      this.#turn();
    });
    from.on('end', () => {
      pipe.isEnded = true;
      this.#turn();
    });
    from.on('error', () => {}); // 'close' follows
    from.on('close', (hadError: boolean) => {
      pipe.isEnded = true;
      if (hadError) this.#drop(pipe);
      else this.#turn(); // what is still on its way arrives first
    });
  }

  #drop(pipe: Pipe): void {
    this.#pipes.delete(pipe);
    pipe.from.destroy();
    pipe.to.destroy();
  }

  /** Lets pass what may pass now, and comes back when more may. */
  #turn(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#advance();
    const nowMs = this.#clock.nowMs();
    this.#earn(nowMs);
    if (this.#sample.kbps === 0) this.#dropSilent(nowMs);
    else for (const pipe of this.#pipes) this.#pass(pipe, nowMs);
    const isWaiting = [...this.#pipes].some(({ waiting }) => waiting.length > 0);
    const againAtMs = isWaiting
      ? nowMs + stepMs
      : this.#pipes.size > 0
        ? Math.max(nowMs + stepMs, Math.min(this.#sampleEndsAtMs, nowMs + dropAfterMs))
        : Number.POSITIVE_INFINITY;
    if (Number.isFinite(againAtMs)) this.#timer = this.#clock.at(againAtMs, () => this.#turn());
  }

  /** Plays the ride up to now. */
  #advance(): void {
    if (this.#ride === undefined) return;
    const { beganAtMs, ride } = this.#ride;
    const { sample, endsMs } = ride.at(this.#clock.nowMs() - beganAtMs);
    this.#use(sample);
    this.#sampleEndsAtMs = beganAtMs + endsMs;
  }

  /** Bytes that may pass: what the rate gave since the last look, at most a second's worth. */
  #earn(nowMs: number): void {
    const bytesPerMs = this.#sample.kbps / 8;
    const earned = (nowMs - this.#creditAtMs) * bytesPerMs;
    this.#creditAtMs = nowMs;
    for (const direction of ['up', 'down'] as const) {
      this.#credit[direction] = Math.min(
        this.#credit[direction] + earned,
        Math.max(bytesPerMs * 1_000, 1_500),
      );
    }
  }

  #pass(pipe: Pipe, nowMs: number): void {
    for (let next = pipe.waiting[0]; next !== undefined; next = pipe.waiting[0]) {
      if (next.readyAtMs > nowMs || this.#credit[pipe.direction] < 1) return;
      const bytes = next.bytes.subarray(0, Math.floor(this.#credit[pipe.direction]));
      next.bytes = next.bytes.subarray(bytes.length);
      if (next.bytes.length === 0) pipe.waiting.shift();
      this.#credit[pipe.direction] -= bytes.length;
      this.#bytes[pipe.direction] += bytes.length;
      pipe.to.write(bytes);
    }
    if (!pipe.isEnded) return;
    this.#pipes.delete(pipe);
    pipe.to.end();
  }

  #dropSilent(nowMs: number): void {
    if (nowMs - this.#silentSinceMs < dropAfterMs) return;
    for (const pipe of this.#pipes) this.#drop(pipe);
  }
}

const fromRecording = (sample: {
  duration_ms: number;
  bandwidth_kbps: number;
  latency_ms: number;
}): LinkSample => ({
  durationMs: sample.duration_ms,
  kbps: sample.bandwidth_kbps,
  latencyMs: sample.latency_ms,
});
