import type { Clock, Timer } from '@bivak/clock';
import type { Logger } from '@bivak/process';
import type { Effect, Input } from '../bank-mind/context.ts';
import type { BankMind } from '../bank-mind/mind.ts';
import type { BankPort } from './bank-port.ts';
import type { Issuers } from './issuers-client.ts';

/** What a mind is run with. */
export interface MindRunnerOptions {
  mind: BankMind;
  clock: Clock;
  issuers: Issuers;
  port: () => BankPort;
  /** Writes to the disk; throws if the disk does not take it. */
  record: (record: unknown) => void;
  log: Logger;
}

type Untimed<One> = One extends unknown ? Omit<One, 'nowMs'> : never;

/** Tells a mind what happens, does what it wants, and wakes it when something is due. */
export class MindRunner {
  readonly #options: MindRunnerOptions;
  #timer: Timer | undefined;
  #dueMs: number | null = null;
  #isStopped = false;

  constructor(options: MindRunnerOptions) {
    this.#options = options;
  }

  tell(input: Untimed<Input>): void {
    if (this.#isStopped) return;
    const { mind, clock } = this.#options;
    for (const effect of mind.handle({ ...input, nowMs: clock.nowMs() } as Input)) this.#do(effect);
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #do(effect: Effect): void {
    const { issuers, port, record, log } = this.#options;
    if (effect.kind === 'write') port().write(effect.connection, effect.bytes);
    else if (effect.kind === 'record') record(effect.record);
    else if (effect.kind === 'close') {
      log.info({ connection: effect.connection }, 'the bank closes a connection');
      port().end(effect.connection);
    } else if (effect.kind === 'authorise') {
      const { ask, request } = effect;
      issuers.authorise(request).then(
        (responseCode) => this.tell({ kind: 'authorised', ask, responseCode }),
        () => this.tell({ kind: 'authorised', ask, responseCode: null }),
      );
    } else {
      const { ask, request } = effect;
      issuers.reverse(request).then(
        () => this.tell({ kind: 'undone', ask, isDone: true }),
        () => this.tell({ kind: 'undone', ask, isDone: false }),
      );
    }
  }

  #arm(): void {
    const dueMs = this.#options.mind.nextDueMs();
    if (this.#isStopped || dueMs === this.#dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    if (dueMs === null) return;
    this.#timer = this.#options.clock.at(dueMs, () => {
      this.#dueMs = null;
      this.tell({ kind: 'tick' });
    });
  }
}
