/** What is to be done later, in the order of its time; at the same time in the order in which it was put down. */
export class Agenda {
  readonly #entries: { dueMs: number; order: number; run: () => void }[] = [];
  #order = 0;

  add(dueMs: number, run: () => void): void {
    const entry = { dueMs, order: this.#order++, run };
    let at = this.#entries.length;
    while (at > 0 && this.#entries[at - 1]!.dueMs > dueMs) at--;
    this.#entries.splice(at, 0, entry);
  }

  /** Takes what is due by then, one at a time: what it does may add more. */
  take(nowMs: number): (() => void) | undefined {
    const first = this.#entries[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    this.#entries.shift();
    return first.run;
  }

  nextMs(): number | null {
    return this.#entries[0]?.dueMs ?? null;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.length = 0;
  }
}
