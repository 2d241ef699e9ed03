import type { StoreDecision } from '@bivak/domain';

/** What is said of the host's store itself. */
export const storeTexts = {
  /** Why it is doubted that the store is as new as the world. */
  doubt: {
    'witness-ahead_one':
      'This host has sent a message to a bank that the store does not know, for payment {{payment}}.',
    'witness-ahead_other':
      'This host has sent {{count}} messages to banks that the store does not know, the last for payment {{payment}}.',
    'witness-of-other-store': 'What this host remembers of its store is of another one.',
    'no-witness': 'The store has a history, and no host remembers what it has sent.',
    'till-ahead':
      'Till {{till}} holds an acknowledgement of entry {{seq}} of its journal; the store has entries up to {{storedSeq}}.',
    'till-of-other-epoch': 'Till {{till}} knows a later history of the store than the store itself.',
    'outcomes-ahead': 'Till {{till}} holds outcomes of payments that the store has not told.',
    'stop-list-ahead':
      'Till {{till}} has version {{version}} of the stop-list; the store has published versions up to {{storedVersion}}.',
    'stop-list-differs': 'Till {{till}} has another stop-list under version {{version}} than the store.',
  } as const,
  /** What a person may decide about a store in doubt. */
  storeDecision: {
    restored:
      'It was put back from an older copy. It goes on as a new epoch: nothing is sent for payments that may have been debited meanwhile, until the banks’ day files say what was.',
    'nothing-lost': 'It is as new as the world, and what raised the doubt is wrong. It goes on as it was.',
  } as const satisfies Record<StoreDecision, string>,
} as const;
