/** Does pieces of work about the same thing one after another; each says when it is done. */
export class Turns {
  readonly #queues = new Map<string, ((done: () => void) => void)[]>();

  take(key: string, work: (done: () => void) => void): void {
    const queue = this.#queues.get(key);
    if (queue !== undefined) {
      queue.push(work);
      return;
    }
    this.#queues.set(key, []);
    this.#run(key, work);
  }

  #run(key: string, work: (done: () => void) => void): void {
    work(() => {
      const next = this.#queues.get(key)!.shift();
      if (next === undefined) this.#queues.delete(key);
      else this.#run(key, next);
    });
  }
}
