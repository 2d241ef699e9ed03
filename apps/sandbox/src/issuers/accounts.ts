import { maskPan } from '@bivak/card';
import { sandboxApi } from '@bivak/contracts';
import { z } from 'zod';

/** A test card as the wallet file has it: number and account together, which only the simulated world may see. */
export const walletEntry = z.object({
  card: z.string(),
  pan: z.string().regex(/^\d{12,19}$/),
  expiry: z.string().regex(/^\d{4}$/),
  serviceCode: z.string().regex(/^\d{3}$/),
  issuerBankId: z.string().nullable(),
  balanceMinor: z.number().int().min(0),
  issuerAnswers: sandboxApi.walletCard.shape.issuerAnswers,
  phone: z.string().nullable(),
  label: z.object({ ru: z.string(), en: z.string() }),
});
export type WalletEntry = z.infer<typeof walletEntry>;

/** What an acquirer requests of an issuer. `bankId`, `stan` and `rrn` name the request: sent twice, it is answered as before. */
export const authorisation = z.strictObject({
  bankId: z.string(),
  stan: z.string(),
  rrn: z.string(),
  pan: z.string(),
  expiry: z.string(),
  amountMinor: z.number().int().min(1),
});
export type Authorisation = z.infer<typeof authorisation>;
export const reversal = z.strictObject({ bankId: z.string(), stan: z.string(), rrn: z.string() });
export type Reversal = z.infer<typeof reversal>;

/** Everything that ever changed an account, in order: the accounts are folded from it. */
export const accountEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('set'),
    card: z.string(),
    balanceMinor: z.number().int().optional(),
    issuerAnswers: walletEntry.shape.issuerAnswers.optional(),
  }),
  z.object({
    kind: z.literal('answered'),
    key: z.string(),
    card: z.string().nullable(),
    amountMinor: z.number().int(),
    responseCode: z.string(),
  }),
  z.object({ kind: z.literal('reversed'), key: z.string() }),
]);
export type AccountEvent = z.infer<typeof accountEvent>;

interface Answered {
  card: string | null;
  amountMinor: number;
  responseCode: string;
  isReversed: boolean;
}

/** The issuers' books: cards, balances, and what was answered to whom. */
export class Accounts {
  readonly #byCard: Map<string, WalletEntry>;
  readonly #byPan: Map<string, WalletEntry>;
  readonly #answered = new Map<string, Answered>();
  /** Undone before they came: a request that was overtaken by its own reversal is refused when it comes. */
  readonly #undoneBefore = new Set<string>();

  constructor(wallet: readonly WalletEntry[], events: readonly AccountEvent[]) {
    const own = wallet.map((entry) => ({ ...entry }));
    this.#byCard = new Map(own.map((entry) => [entry.card, entry]));
    this.#byPan = new Map(own.map((entry) => [entry.pan, entry]));
    for (const event of events) this.apply(event);
  }

  static keyOf({ bankId, stan, rrn }: Reversal): string {
    return `${bankId} ${stan} ${rrn}`;
  }

  /** The answer (DE 39) to a request that never came before, as the event that books it. */
  decide(request: Authorisation, nowMs: number): AccountEvent {
    const account = this.#byPan.get(request.pan);
    const isUndone = this.#undoneBefore.has(Accounts.keyOf(request));
    const known = account === undefined ? '14' : this.#decisionOn(account, request, nowMs);
    const responseCode = isUndone ? '94' : known;
    const { amountMinor } = request;
    return {
      kind: 'answered',
      key: Accounts.keyOf(request),
      card: account?.card ?? null,
      amountMinor,
      responseCode,
    };
  }

  #decisionOn(account: WalletEntry, { expiry, amountMinor }: Authorisation, nowMs: number): string {
    if (
      expiry !== account.expiry ||
      nowMs >= Date.UTC(2000 + Number(expiry.slice(0, 2)), Number(expiry.slice(2)), 1, 12)
    )
      return '54';
    if (account.issuerAnswers === 'stolen') return '43';
    if (account.issuerAnswers === 'do-not-honour') return '05';
    return account.balanceMinor >= amountMinor ? '00' : '51';
  }

  /** What was answered to this request before, if it came. */
  answered(request: Reversal): string | undefined {
    return this.#answered.get(Accounts.keyOf(request))?.responseCode;
  }

  /** True if there is a debit of this request that is not reversed yet. */
  isReversible(request: Reversal): boolean {
    const found = this.#answered.get(Accounts.keyOf(request));
    return found?.responseCode === '00' && !found.isReversed;
  }

  /** True if this request was undone before, debited or not. */
  isReversed(request: Reversal): boolean {
    const key = Accounts.keyOf(request);
    return this.#undoneBefore.has(key) || this.#answered.get(key)?.isReversed === true;
  }

  apply(event: AccountEvent): void {
    if (event.kind === 'set') {
      const account = this.#byCard.get(event.card);
      if (account === undefined) return;
      account.balanceMinor = event.balanceMinor ?? account.balanceMinor;
      account.issuerAnswers = event.issuerAnswers ?? account.issuerAnswers;
    } else if (event.kind === 'answered') {
      this.#answered.set(event.key, { ...event, isReversed: false });
      if (event.responseCode === '00') this.#move(event.card, -event.amountMinor);
    } else {
      const found = this.#answered.get(event.key);
      if (found === undefined) this.#undoneBefore.add(event.key);
      if (found === undefined || found.isReversed) return;
      found.isReversed = true;
      if (found.responseCode === '00') this.#move(found.card, found.amountMinor);
    }
  }

  #move(card: string | null, byMinor: number): void {
    const account = card === null ? undefined : this.#byCard.get(card);
    if (account !== undefined) account.balanceMinor += byMinor;
  }

  has(card: string): boolean {
    return this.#byCard.has(card);
  }

  /** The accounts as they may be shown: without card numbers. */
  list(): sandboxApi.WalletCard[] {
    return [...this.#byCard.values()].map(({ pan, serviceCode: _, ...shown }) => ({
      ...shown,
      maskedPan: maskPan(pan),
    }));
  }
}
