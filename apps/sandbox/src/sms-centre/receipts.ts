import type { Clock } from '@bivak/clock';
import type { Pdu, Session } from 'smpp';

interface Receipt {
  fields: Record<string, unknown>;
  /** How often it is still to be acknowledged. */
  acknowledgements: number;
  tries: number;
  /** Over which it is under way. */
  session: Session | undefined;
}

const retryMs = 60_000;
const maxTries = 10;

/** Receipts on their way to the sender: kept until it is there, and sent again as long as it does not acknowledge them. */
export class Receipts {
  readonly #clock: Clock;
  readonly #sessions = new Set<Session>();
  readonly #waiting = new Set<Receipt>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A session that takes deliveries is open. */
  open(session: Session): void {
    this.#sessions.add(session);
    this.#sendWaiting();
  }

  close(session: Session): void {
    this.#sessions.delete(session);
    for (const receipt of this.#waiting) if (receipt.session === session) receipt.session = undefined;
    this.#sendWaiting();
  }

  /** Sends a receipt, and `repeats` times more although it is acknowledged. */
  add(fields: Record<string, unknown>, repeats: number): void {
    const receipt = { fields, acknowledgements: 1 + repeats, tries: 0, session: undefined };
    this.#waiting.add(receipt);
    this.#send(receipt);
  }

  #sendWaiting(): void {
    for (const receipt of this.#waiting) this.#send(receipt);
  }

  #send(receipt: Receipt): void {
    const [session] = this.#sessions;
    if (session === undefined || receipt.session !== undefined || !this.#waiting.has(receipt)) return;
    if (receipt.tries >= maxTries) {
      this.#waiting.delete(receipt);
      return;
    }
    receipt.tries++;
    receipt.session = session;
    session.deliver_sm({ ...receipt.fields }, (response) => this.#take(receipt, response));
  }

  #take(receipt: Receipt, response: Pdu): void {
    receipt.session = undefined;
    if (response.command_status !== 0) {
      this.#clock.at(this.#clock.nowMs() + retryMs, () => this.#send(receipt));
      return;
    }
    receipt.acknowledgements--;
    if (receipt.acknowledgements === 0) this.#waiting.delete(receipt);
    else this.#send(receipt);
  }
}
