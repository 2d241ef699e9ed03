import { defineLifecycle, type StateOf } from '@bivak/lifecycle';

/** The life of a sale at the counter. What is not stored yet (`rung-up`) is lost with the till, and nothing has happened. */
export const saleLife = defineLifecycle({
  name: 'sale',
  initial: 'rung-up',
  states: {
    'rung-up': {
      to: ['refused', 'intended'],
      means: 'goods, sum and identity are known; the card is asked for; nothing is stored',
    },
    refused: { to: [], means: 'the till took no card or would not take it; nothing was signed' },
    intended: {
      to: ['accepted', 'abandoned'],
      means:
        'stored; the host may have been asked and the drive may have signed: never done again, only resolved',
    },
    accepted: { to: [], means: 'the drive has signed: goods and receipt are the buyer’s' },
    abandoned: { to: [], means: 'ended without a fiscal document; what was authorised has to be given back' },
  },
});
export type SaleState = StateOf<typeof saleLife>;
