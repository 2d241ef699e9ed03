import type { sandboxApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';

type Event = sandboxApi.ScenarioEvent;
type NoteEvent = Extract<Event, { kind: 'note' }>;
type ClaimEvent = Extract<Event, { kind: 'claim' }>;

/** What an event of the scenario says in the renderer's language; a claim that did not hold says that it is not true. */
export function scenarioEventText(renderer: Renderer, event: Event): string {
  const { t } = renderer;
  if (event.kind === 'chapter') return t(`scenario:step.${event.step}`);
  if (event.kind === 'note') return noteText(renderer, event);
  const claim = claimText(renderer, event);
  return event.holds ? claim : t('scenario:untrue', { claim });
}

/** A text that takes the values as they are; the test renders each. */
const plainText = ({ t }: Renderer, key: `scenario:${string}`, values: object): string =>
  (t as unknown as (key: string, values: object) => string)(key, values);

function noteText(renderer: Renderer, { key, values }: NoteEvent): string {
  const { t, bank, money } = renderer;
  switch (key) {
    case 'sale-accepted': {
      const { tillId, saleId, mode, maskedPan } = values;
      const facts = { till: tillId, sale: saleId, sum: money(values.totalMinor, values.currency) };
      return maskedPan === null || mode === 'cash'
        ? t('scenario:note.sale-accepted.cash', facts)
        : t(`scenario:note.sale-accepted.${mode}`, { ...facts, card: maskedPan.slice(-4) });
    }
    case 'sale-refused': {
      const { tillId, reason, maskedPan } = values;
      const sum = money(values.totalMinor, values.currency);
      const facts = { till: tillId, sum, ...renderer.refusal(reason) };
      return maskedPan === null
        ? t('scenario:note.sale-refused.noCard', facts)
        : t('scenario:note.sale-refused.card', { ...facts, card: maskedPan.slice(-4) });
    }
    case 'bank-down':
    case 'bank-silent':
    case 'bank-answers-again':
      return t(`scenario:note.${key}`, { bank: bank(values.bankId) });
    default:
      return plainText(renderer, `scenario:note.${key}`, values);
  }
}

/** A claim as if it held. */
export function claimText(renderer: Renderer, { key, values }: ClaimEvent): string {
  const { t, bank } = renderer;
  switch (key) {
    case 'own-cards-on-us':
    case 'own-cards-elsewhere':
      return plainText(renderer, `scenario:claim.${key}`, { ...values, bank: bank(values.bankId) });
    case 'accepted-again':
      return t(`scenario:claim.accepted-again.${values.mode}`);
    default:
      return plainText(renderer, `scenario:claim.${key}`, values);
  }
}
