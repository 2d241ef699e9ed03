/** Whether, and when, the user has ended the sandbox. */
export interface Ending {
  /** Resolves when it is asked for. */
  asked: Promise<void>;
  isAsked(): boolean;
}

/** One Ctrl-C comes twice: from the terminal, and handed on by npm. */
const echoMs = 1_000;

/**
 * Listens for the user's wish to end it: Ctrl-C, a signal, or the terminal closed. A closed terminal (or a reader of the
 * output that goes away) must not stop the ending itself: what cannot be written any more is not written.
 *
 * @param onImpatience called when it is asked for once more
 */
export function watchForEnding(onImpatience: () => void): Ending {
  let isAsked = false;
  let askedAtMs = 0;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (isAsked && performance.now() - askedAtMs > echoMs) onImpatience();
        if (!isAsked) askedAtMs = performance.now();
        isAsked = true;
        resolve();
      });
  });
  return { asked, isAsked: () => isAsked };
}
