import type { hostApi } from '@bivak/contracts';
import { paymentEnds } from '@bivak/domain';
import { Group, List as Lines, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDebt, useNowMs, usePayment } from '../data.ts';
import { DebtDecision } from '../debts/debt-decision.tsx';
import { Facts, Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { failureOf } from '../read-error.ts';
import { useRenderer } from '../renderer.ts';
import { checksText } from './build-timeline.ts';
import { headlineText } from './headline-text.ts';
import { PaymentAttempts } from './payment-attempts.tsx';
import { PaymentDecisions } from './payment-decisions.tsx';
import { PaymentStateBadge } from './payment-state-badge.tsx';
import { PaymentTimeline } from './payment-timeline.tsx';
import { SaleEndDecision } from './sale-end-decision.tsx';

/** One payment from the counter to the money, with the reason for each decision. */
export function PaymentDetail(props: { id: string }) {
  const { t } = useTranslation('console');
  const { data: payment, error } = usePayment(props.id);
  if (error !== null && failureOf(error) === 'not-found') return <Text>{t('payments.notFound')}</Text>;
  if (payment === undefined) return error === null ? <Loading /> : <RefreshFailed error={error} />;
  return (
    <Stack gap={0}>
      {error === null ? null : <RefreshFailed error={error} isStale />}
      <Summary payment={payment} />
      <PaymentDecisions payment={payment} />
      <SaleEndDecision payment={payment} />
      <DecisionAboutDebt debtId={payment.debtId} />
      <PaymentTimeline payment={payment} />
      <PaymentAttempts payment={payment} />
      <Routing payment={payment} />
      <Counter payment={payment} />
    </Stack>
  );
}

function DecisionAboutDebt({ debtId }: { debtId: string | null }) {
  const debt = useDebt(debtId);
  return debt === undefined ? null : <DebtDecision debt={debt} />;
}

function Summary({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { debtId, collectedAt } = payment;
  const debt = useDebt(debtId);
  const headline = headlineText(payment, debt, useNowMs(), renderer);
  const isDecided = (paymentEnds as readonly string[]).includes(payment.state);
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="xl" fw={600} className="figures">
          {renderer.money(payment.amountMinor, payment.currency)}
        </Text>
        <PaymentStateBadge payment={payment} />
      </Group>
      {headline !== undefined && (
        <Text mb="sm" data-testid="headline">
          {headline}
        </Text>
      )}
      <Facts
        facts={[
          [t('payments.card'), payment.maskedPan],
          [t('payments.issuer'), payment.issuer ?? t('payments.unknownIssuer')],
          [t('payments.acceptance'), t(`payments.${payment.mode}`)],
          [t('payments.soldAt'), <Instant key="sold" at={payment.soldAt} />],
          ...(isDecided
            ? []
            : ([[t('payments.bankDue'), <Instant key="due" at={payment.bankDueAt} />]] as const)),
          ...(collectedAt === null
            ? []
            : ([[t('payments.collectedAt'), <Instant key="got" at={collectedAt} />]] as const)),
          ...(debtId === null
            ? []
            : ([
                [
                  t('payments.debt'),
                  <Link key="debt" to="/debts/{-$debtId}" params={{ debtId }} search={{}}>
                    {debt === undefined ? t('payments.openDebt') : renderer.debtState(debt.state)}
                  </Link>,
                ],
              ] as const)),
        ]}
      />
    </>
  );
}

/** The banks in their order when the last attempt was made. */
function Routing({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer({ currency: payment.currency });
  if (payment.routing.length === 0) return null;
  return (
    <Part title={t('payments.routing')}>
      <Lines type="ordered">
        {payment.routing.map(({ bankId, costMinor, route }) => (
          <Lines.Item key={bankId}>
            {renderer.bank(bankId)}: {renderer.money(costMinor)}, {renderer.route(route)}
          </Lines.Item>
        ))}
      </Lines>
    </Part>
  );
}

/** What the till knew and did: line items, fiscal receipt, checks. */
function Counter({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer({ currency: payment.currency });
  const { fiscal, lineItems } = payment;
  return (
    <>
      <Part title={t('payments.lineItems')}>
        {lineItems.map(({ sku, name, quantity, sumMinor }) => (
          <Group key={sku} justify="space-between" wrap="nowrap">
            <Text>
              {name} × {quantity}
            </Text>
            <Text className="figures instant">{renderer.money(sumMinor)}</Text>
          </Group>
        ))}
      </Part>
      {fiscal !== null && (
        <Part title={t('payments.fiscal')}>
          <Text className="figures">
            {t('payments.fiscalMark', {
              drive: fiscal.driveNumber,
              document: fiscal.documentNumber,
              sign: fiscal.fiscalSign,
            })}
          </Text>
        </Part>
      )}
      {payment.checks.length > 0 && (
        <Part title={t('payments.checks')}>
          <Checks payment={payment} />
        </Part>
      )}
    </>
  );
}

function Checks({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer({ currency: payment.currency });
  return (
    <>
      <Text size="sm">{checksText(payment.checks, renderer)}</Text>
      {payment.checks.map((check) => {
        const { name, found } = renderer.check(check);
        return (
          <Group key={check.name} justify="space-between" gap={2}>
            <Text size="sm">
              <span aria-hidden>{check.passed ? '✓' : '✗'}</span> {name}:{' '}
              {t(check.passed ? 'payments.passed' : 'payments.failed')}
            </Text>
            <Text size="sm" c="dimmed" className="figures">
              {found}
            </Text>
          </Group>
        );
      })}
    </>
  );
}
