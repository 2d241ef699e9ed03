import type { hostApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { Group, List as Lines, Stack, Text, Timeline } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBankName } from '../bank-names.ts';
import { useDebts, usePayment, useStopList } from '../data.ts';
import { Facts, Part } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { problemOf } from '../read-error.ts';
import { checkWords, declineWords, type Listener, routeReason } from '../words/host-words.ts';
import { type StoryLine, type StoryNames, tellPayment } from './tell-payment.ts';

/** One payment from the counter to the money: a line an event, with the reason for each decision. */
export function PaymentStory(props: { id: string }) {
  const { t } = useTranslation();
  const { data: payment, error } = usePayment(props.id);
  if (error !== null && problemOf(error) === 'not-found') return <Text>{t('payments.notFound')}</Text>;
  if (payment === undefined) return error === null ? <Loading /> : <RefreshFailed error={error} />;
  return (
    <Stack gap={0}>
      {error === null ? null : <RefreshFailed error={error} isStale />}
      <Summary payment={payment} />
      <Story payment={payment} />
      <Attempts payment={payment} />
      <Routing payment={payment} />
      <Counter payment={payment} />
    </Stack>
  );
}

function useListener(currency: string): Listener {
  const language = useLanguage();
  const bankName = useBankName();
  return { language, bankName, currency };
}

function Summary({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const none = t('common.none');
  const { debtId, collectedAt } = payment;
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="xl" fw={600} className="figures">
          {formatMoney(language, payment.amountMinor, payment.currency)}
        </Text>
        <StateBadge state={payment.state} words={t(`paymentState.${payment.state}`)} />
      </Group>
      <Facts
        facts={[
          [t('payments.card'), payment.maskedPan],
          [t('payments.issuer'), payment.issuer ?? t('payments.unknownIssuer')],
          [t('payments.way'), t(`payments.${payment.mode}`)],
          [t('payments.soldAt'), <Instant key="sold" at={payment.soldAt} />],
          ...(collectedAt === null
            ? ([[t('payments.bankDue'), <Instant key="due" at={payment.bankDueAt} />]] as const)
            : []),
          [t('payments.collectedAt'), collectedAt === null ? none : <Instant key="got" at={collectedAt} />],
          ...(debtId === null
            ? []
            : ([
                [
                  t('payments.debt'),
                  <Link key="debt" to="/debts/$debtId" params={{ debtId }} search={{}}>
                    {t('payments.openDebt')}
                  </Link>,
                ],
              ] as const)),
        ]}
      />
    </>
  );
}

function Story({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const listener = useListener(payment.currency);
  const isIndebted = payment.debtId !== null;
  const debt = useDebts({ isAsked: isIndebted }).data?.items.find(({ id }) => id === payment.debtId);
  const listedAt = useStopList().data?.entries.find(
    ({ debtId }) => isIndebted && debtId === payment.debtId,
  )?.since;
  const lines = tellPayment(payment, debt, listedAt, listener, useStoryNames(listener));
  return (
    <Part title={t('payments.story')}>
      <Timeline
        bulletSize={14}
        lineWidth={2}
        active={lines.filter(({ isAhead }) => isAhead !== true).length - 1}
      >
        {lines.map((line, index) => (
          // A line is never taken out or put between others: its place is its identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Event key={index} line={line} />
        ))}
      </Timeline>
    </Part>
  );
}

const bulletColors = { good: 'teal', bad: 'orange', plain: 'gray.5' } as const;

function Event({ line, ...rest }: { line: StoryLine }) {
  const { t } = useTranslation();
  return (
    <Timeline.Item
      {...rest}
      color={bulletColors[line.sign]}
      lineVariant={line.isAhead === true ? 'dashed' : 'solid'}
      data-testid="story-line"
    >
      <Text>{line.what}</Text>
      {line.why !== undefined && <Text size="sm">{line.why}</Text>}
      <Text size="sm" c="dimmed">
        {line.isAhead === true ? `${t('payments.ahead')} ` : ''}
        <Instant at={line.at} withSeconds={line.isAhead !== true} />
      </Text>
    </Timeline.Item>
  );
}

/** The words of what a payment's debt adds to its story. */
function useStoryNames({ language }: Listener): StoryNames {
  const { t } = useTranslation();
  return {
    checksPassed: (count) => t('payments.checksPassed', { count }),
    debtReason: ({ retryClass, windowEndsAt }) =>
      t(`story.${retryClass}`, { ends: formatInstant(language, windowEndsAt) }),
    notice: ({ kind, state }) => ({
      what: t('story.notice', { kind: t(`noticeKind.${kind}`, { defaultValue: kind }) }),
      why: t(`noticeState.${state}`),
      sign: state === 'failed' ? 'bad' : 'plain',
    }),
    listed: { what: t('story.listed'), why: t('story.listedWhy'), sign: 'bad' },
    nextAttempt: t('story.nextAttempt'),
    stopListAhead: t('story.stopListAhead'),
  };
}

function Attempts({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  if (payment.attempts.length === 0) return null;
  return (
    <Part title={t('payments.attempts')}>
      {payment.attempts.map((attempt) => (
        <Attempt key={attempt.number} attempt={attempt} currency={payment.currency} />
      ))}
    </Part>
  );
}

function Attempt({ attempt, currency }: { attempt: hostApi.Attempt; currency: string }) {
  const { t } = useTranslation();
  const { language, bankName } = useListener(currency);
  const { responseCode, responseMeaning, feeMinor } = attempt;
  const answer =
    responseCode === null
      ? ''
      : ` · ${t('payments.code')} ${responseCode}: ${declineWords(language, responseMeaning ?? '')}`;
  return (
    <Stack gap={2} py={4} data-testid={`attempt-${attempt.number}`}>
      <Group gap="sm">
        <Text fw={600}>
          {attempt.number}. {bankName(attempt.bankId)}
        </Text>
        <StateBadge state={attempt.state} words={t(`attemptState.${attempt.state}`)} />
      </Group>
      <Text size="sm">
        {t(`attemptCause.${attempt.cause}`)}
        {answer}
      </Text>
      <Text size="sm" c="dimmed" className="figures">
        STAN {attempt.stan} · RRN {attempt.rrn} · <Instant at={attempt.storedAt} withSeconds />
        {feeMinor === null ? '' : ` · ${t('payments.fee')} ${formatMoney(language, feeMinor, currency)}`}
      </Text>
    </Stack>
  );
}

function Routing({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const { language, bankName } = useListener(payment.currency);
  if (payment.routing.length === 0) return null;
  return (
    <Part title={t('payments.routing')}>
      <Lines type="ordered">
        {payment.routing.map(({ bankId, costMinor, reason }) => (
          <Lines.Item key={bankId}>
            {bankName(bankId)}: {formatMoney(language, costMinor, payment.currency)},{' '}
            {routeReason(language, reason)}
          </Lines.Item>
        ))}
      </Lines>
    </Part>
  );
}

/** What the till knew and did: goods, fiscal receipt, checks. */
function Counter({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const listener = useListener(payment.currency);
  return (
    <>
      <Part title={t('payments.goods')}>
        {payment.lines.map(({ name, quantity, sumMinor }) => (
          <Group key={name} justify="space-between" wrap="nowrap">
            <Text>
              {name} × {quantity}
            </Text>
            <Text className="figures instant">
              {formatMoney(listener.language, sumMinor, payment.currency)}
            </Text>
          </Group>
        ))}
      </Part>
      {payment.fiscal !== null && (
        <Part title={t('payments.fiscal')}>
          <Text className="figures">
            {t('payments.fiscalLine', {
              drive: payment.fiscal.driveNumber,
              document: payment.fiscal.documentNumber,
              sign: payment.fiscal.fiscalSign,
            })}
          </Text>
        </Part>
      )}
      {payment.checks.length > 0 && (
        <Part title={t('payments.checks')}>
          {payment.checks.map((check) => {
            const { name, found } = checkWords(listener, check);
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
        </Part>
      )}
    </>
  );
}
