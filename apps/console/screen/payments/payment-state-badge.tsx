import type { hostApi } from '@bivak/contracts';
import { useTranslation } from 'react-i18next';
import { StateBadge } from '../parts/state-badge.tsx';
import { useRenderer } from '../renderer.ts';

/** A payment's state; one that has no bank to go to waits, whichever it was routed to. */
export function PaymentStateBadge(props: { payment: Pick<hostApi.Payment, 'state' | 'wait'> }) {
  const { t } = useTranslation('console');
  const { paymentState } = useRenderer();
  const { state, wait } = props.payment;
  const waits = wait !== null && (state === 'received' || state === 'routed');
  return <StateBadge state={state} text={waits ? t('payments.waits') : paymentState(state)} />;
}
