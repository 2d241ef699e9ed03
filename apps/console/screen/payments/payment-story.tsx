import type { hostApi } from '@bivak/contracts';
import { formatInstant, formatMoney, useLanguage } from '@bivak/screen';
import { Group, List as Lines, Stack, Text, Timeline } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ReadError, usePayment } from '../data.ts';
import { Facts, Part } from '../parts/facts.tsx';
import { Loading, RefreshFailed } from '../parts/list.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { routeReason, storyLine } from './story-words.ts';

/** One payment from the counter to the money: a line an event, with the reason for each decision. */
export function PaymentStory(props: { id: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data: payment, error } = usePayment(props.id);
  if (error instanceof ReadError && error.status === 404) return <Text>{t('payments.notFound')}</Text>;
  if (payment === undefined) return error === null ? <Loading /> : <RefreshFailed />;
  return (
    <Stack gap={0}>
      <Summary payment={payment} />
      <Part title={t('payments.story')}>
        <Timeline bulletSize={14} lineWidth={2} active={payment.story.length}>
          {payment.story.map((event) => (
            <Timeline.Item key={`${event.at} ${event.what}`}>
              <Text>{storyLine(language, event.what)}</Text>
              <When at={event.at} />
            </Timeline.Item>
          ))}
        </Timeline>
      </Part>
      <Attempts payment={payment} />
      <Routing payment={payment} />
      <Counter payment={payment} />
    </Stack>
  );
}

function When(props: { at: string }) {
  const language = useLanguage();
  return (
    <Text size="sm" c="dimmed" className="figures">
      {formatInstant(language, props.at)}
    </Text>
  );
}

function Summary({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const none = t('common.none');
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
          [t('payments.soldAt'), formatInstant(language, payment.soldAt)],
          [t('payments.bankDue'), formatInstant(language, payment.bankDueAt)],
          [
            t('payments.collectedAt'),
            payment.collectedAt === null ? none : formatInstant(language, payment.collectedAt),
          ],
          [
            t('payments.debt'),
            payment.debtId === null ? (
              none
            ) : (
              <Link key="debt" to="/debts/$debtId" params={{ debtId: payment.debtId }} search={{}}>
                {payment.debtId}
              </Link>
            ),
          ],
        ]}
      />
    </>
  );
}

function Attempts({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Part title={t('payments.attempts')}>
      {payment.attempts.map((attempt) => (
        <Group key={attempt.number} gap="sm" data-testid={`attempt-${attempt.number}`}>
          <Text fw={600}>
            {attempt.number}. {attempt.bankId}
          </Text>
          <StateBadge state={attempt.state} words={t(`attemptState.${attempt.state}`)} />
          <Text size="sm">{t(`attemptCause.${attempt.cause}`)}</Text>
          <Text size="sm" className="figures">
            {attempt.responseCode === null
              ? ''
              : `${t('payments.code')} ${attempt.responseCode}: ${t(`decline|${attempt.responseMeaning}`, { defaultValue: attempt.responseMeaning ?? '', keySeparator: '|', nsSeparator: '::' })}`}
          </Text>
          <Text size="sm" c="dimmed" className="figures">
            STAN {attempt.stan} · RRN {attempt.rrn} · {formatInstant(language, attempt.storedAt)}
            {attempt.feeMinor === null
              ? ''
              : ` · ${t('payments.fee')} ${formatMoney(language, attempt.feeMinor, payment.currency)}`}
          </Text>
        </Group>
      ))}
    </Part>
  );
}

function Routing({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (payment.routing.length === 0) return null;
  return (
    <Part title={t('payments.routing')}>
      <Lines type="ordered">
        {payment.routing.map(({ bankId, costMinor, reason }) => (
          <Lines.Item key={bankId}>
            {bankId}, {formatMoney(language, costMinor, payment.currency)}: {routeReason(language, reason)}
          </Lines.Item>
        ))}
      </Lines>
    </Part>
  );
}

/** What the till knew and did: goods, checks, fiscal receipt. */
function Counter({ payment }: { payment: hostApi.PaymentDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <>
      <Part title={t('payments.goods')}>
        {payment.lines.map(({ name, quantity, sumMinor }) => (
          <Group key={name} justify="space-between" wrap="nowrap">
            <Text>
              {name} × {quantity}
            </Text>
            <Text className="figures">{formatMoney(language, sumMinor, payment.currency)}</Text>
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
      <Part title={t('payments.checks')}>
        <Lines>
          {payment.checks.map(({ name, passed, detail }) => (
            <Lines.Item key={name}>
              {name}: {passed ? t('payments.passed') : t('payments.failed')}. {detail}
            </Lines.Item>
          ))}
        </Lines>
      </Part>
    </>
  );
}
