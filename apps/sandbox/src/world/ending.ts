/** Whether, and when, the user has ended the sandbox. */
export interface Ending {
  /** Resolves when it is asked for. */
  asked: Promise<void>;
  isAsked(): boolean;
}

/**
 * Listens for the user's wish to end it: Ctrl-C, a signal, or the terminal closed. A closed terminal (or a reader of the
 * output that goes away) must not stop the ending itself: what cannot be written any more is not written.
 *
 * @param onImpatience called when it is asked for once more
 */
export function watchForEnding(onImpatience: () => void): Ending {
  let isAsked = false;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (isAsked) onImpatience();
        isAsked = true;
        resolve();
      });
  });
  return { asked, isAsked: () => isAsked };
}
