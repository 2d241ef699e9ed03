import type { DoubtCause, DoubtFacts } from '@bivak/domain';
import type { Renderer } from './renderer.ts';

type Tell<Cause extends DoubtCause> = (
  data: Extract<DoubtFacts, { cause: Cause }>['data'],
  renderer: Renderer,
) => string;

const tells: { [Cause in DoubtCause]: Tell<Cause> } = {
  'witness-ahead': ({ lacking: count, paymentId }, { t }) =>
    t('doubt.witness-ahead', { count, payment: paymentId }),
  'witness-of-other-store': (_, { t }) => t('doubt.witness-of-other-store'),
  'no-witness': (_, { t }) => t('doubt.no-witness'),
  'till-ahead': ({ tillId, seq, storedSeq }, { t }) =>
    t('doubt.till-ahead', { till: tillId, seq, storedSeq }),
  'till-of-other-epoch': ({ tillId }, { t }) => t('doubt.till-of-other-epoch', { till: tillId }),
  'outcomes-ahead': ({ tillId }, { t }) => t('doubt.outcomes-ahead', { till: tillId }),
  'stop-list-ahead': ({ tillId, version, storedVersion }, { t }) =>
    t('doubt.stop-list-ahead', { till: tillId, version, storedVersion }),
  'stop-list-differs': ({ tillId, version }, { t }) =>
    t('doubt.stop-list-differs', { till: tillId, version }),
};

/** Why it is doubted that the store is as new as the world, in one sentence. */
export function doubtText(renderer: Renderer, { cause, data }: DoubtFacts): string {
  const tell = tells[cause] as (data: DoubtFacts['data'], renderer: Renderer) => string;
  return tell(data, renderer);
}
