import { recordNotFound } from './codes.ts';
import { completionBehaviours, inquiryBehaviours } from './completion-behaviours.ts';
import type { MindContext } from './context.ts';
import { debitBehaviours } from './debit-behaviours.ts';
import { isForgotten } from './lapse.ts';
import { answer, type Behaviour, complete, debit, decided, type Plan, tell, undo } from './plan.ts';
import { type BankRequest, nameOf, type RequestName } from './requests.ts';
import { refundBehaviours, reversalBehaviours } from './reversal-behaviours.ts';
import { traits } from './session-behaviours.ts';

/** What is done about a message, and the behaviours that say so. */
export interface Treatment {
  plan: Plan;
  by: readonly string[];
}

const asAsked = {
  debit: { steps: [debit(), answer(decided)] },
  reservation: { steps: [debit(), answer(decided)] },
  completion: { steps: [complete(), answer(decided)] },
  inquiry: { steps: [{ do: 'look', afterMs: 0 }, answer(decided)] },
  reversal: { steps: [undo(), answer(decided)] },
  refund: { steps: [{ do: 'refund', afterMs: 0 }, answer(decided)] },
} as const satisfies Record<BankRequest['what'], Plan>;

/** Chooses, for each message about money, what the mind makes of it. */
export class Treatments {
  readonly #context: MindContext;
  readonly #counts = new Map<string, number>();

  constructor(context: MindContext) {
    this.#context = context;
  }

  ofDebit(request: BankRequest): Treatment {
    const code = this.#traitOf(request);
    if (code !== undefined) return { plan: { steps: [answer(code.code)] }, by: [code.name] };
    return this.#choose(debitBehaviours, request, { isDebited: false, isOfEarlierDay: false });
  }

  ofReversal(request: BankRequest, name: RequestName): Treatment {
    const { books, lapse, nowMs } = this.#context;
    const { netMinor, decided: before, reserved } = books.standingOf(nameOf(name));
    const isDebited = netMinor > 0 || reserved !== undefined;
    if (isDebited && lapse !== undefined && isForgotten(lapse, Date.parse(before!.at), nowMs)) {
      const again = tell(lapse.untilMs - nowMs);
      return { plan: { steps: [answer(recordNotFound), again] }, by: ['fail-over'] };
    }
    const isOfEarlierDay = isDebited && before!.businessDate < this.#context.businessDate();
    return this.#choose(reversalBehaviours, request, { isDebited, isOfEarlierDay });
  }

  ofCompletion(request: BankRequest): Treatment {
    return this.#choose(completionBehaviours, request, { isDebited: false, isOfEarlierDay: false });
  }

  ofInquiry(request: BankRequest): Treatment {
    return this.#choose(inquiryBehaviours, request, { isDebited: false, isOfEarlierDay: false });
  }

  ofRefund(request: BankRequest): Treatment {
    return this.#choose(refundBehaviours, request, { isDebited: false, isOfEarlierDay: false });
  }

  #choose(
    behaviours: readonly Behaviour[],
    { what, reference, amountMinor }: BankRequest,
    facts: { isDebited: boolean; isOfEarlierDay: boolean },
  ): Treatment {
    const name = `${what} ${reference}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const dice = this.#context.dice(`${name} ${count}`);
    const saleDice = this.#context.dice(name);
    // What stays as it is for a sale is chosen by the sale's own dice, before anything else.
    const kept = this.#context.choose(behaviours.filter(isKept), saleDice);
    const other = this.#context.choose(
      behaviours.filter((behaviour) => !isKept(behaviour)),
      dice,
    );
    for (const chosen of [kept, other]) {
      const plan = chosen?.plan({ dice, saleDice, amountMinor, ...facts });
      if (chosen !== undefined && plan !== undefined) return { plan, by: [chosen.name] };
    }
    return { plan: asAsked[what], by: [] };
  }

  #traitOf({ pan }: BankRequest): (typeof traits)[number] | undefined {
    return traits.find(({ name, of }) => {
      const share = this.#context.share(name);
      return (
        share > 0 && this.#context.dice(`${name} ${of === 'card' ? pan : pan.slice(0, 6)}`).chance(share)
      );
    });
  }
}

const isKept = ({ isKept: kept }: Behaviour): boolean => kept === true;
