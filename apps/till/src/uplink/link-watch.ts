import type { Clock } from '@bivak/clock';
import { foldLink, type LinkEvent, type LinkState, linkAtStart } from './link-state.ts';
import type { UplinkStore } from './store.ts';

/** The link to the host as the till knows it. */
export interface LinkWatch {
  state(): LinkState;
  record(event: LinkEvent): void;
  /** Saves the last contact. */
  stop(): void;
}

/** A contact is saved so often at most: a write each few seconds would wear the till's disk out. */
const saveEveryMs = 60_000;

/**
 * Folds what requests to the host have shown. The last contact outlives a restart: it is saved now and then, when the link is
 * lost, and at the end.
 */
export function linkWatch(options: {
  store: UplinkStore;
  clock: Clock;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}): LinkWatch {
  const { store, clock, log } = options;
  let link = linkAtStart(clock.nowMs(), store.state().lastContactMs);
  const save = (): void => {
    try {
      store.update({ lastContactMs: link.lastContactMs });
    } catch (error) {
      log.warn({ err: error }, 'could not save the time of the last contact'); // nothing depends on it but the screen
    }
  };
  return {
    state: () => link,
    record(event) {
      const before = link;
      link = foldLink(before, event);
      if (link.state !== before.state) log.info({ link: link.state }, 'the link changed');
      const savedMs = store.state().lastContactMs ?? Number.NEGATIVE_INFINITY;
      if (event.answered ? event.atMs - savedMs >= saveEveryMs : before.state !== 'down') save();
    },
    stop: save,
  };
}
