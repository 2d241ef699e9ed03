import type { hostApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNowMs, useTills } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import { StackedBar } from './stacked-bar.tsx';
import { answerText, belowTheLine, onTheWay, type Stage, stages } from './stages.ts';
import { type TillsContact, tillsContact } from './tills-contact.ts';

/** Where the money is: how much of it is collected, the bar, and what stands at each stage. */
export function MoneyStages({ money }: { money: hostApi.Money }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const isEmpty = stages.every(({ key }) => money[key].sumMinor === 0);
  return (
    <div>
      <Text mb="sm" data-testid="answer" {...(isEmpty ? { c: 'dimmed' } : {})}>
        {answerText(money, renderer)}
      </Text>
      {isEmpty ? null : <StackedBar money={money} />}
      <section aria-label={t('home.onTheWay')}>
        <Text fw={600} mb={6}>
          {t('home.onTheWay')}
        </Text>
        <div className="stages four">
          <AtTills />
          {onTheWay.map((stage) => (
            <StageCard key={stage.key} stage={stage} money={money} />
          ))}
        </div>
      </section>
      <section aria-label={t('home.belowTheLine')} className="below-the-line">
        <Text fw={600} mb={6}>
          {t('home.belowTheLine')}
        </Text>
        <div className="stages">
          {belowTheLine.map((stage) => (
            <StageCard key={stage.key} stage={stage} money={money} />
          ))}
        </div>
      </section>
    </div>
  );
}

function StageCard({ stage: { key, page }, money }: { stage: Stage; money: hostApi.Money }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { count, sumMinor } = money[key];
  return (
    <Link
      to={page === 'payments' ? '/payments/{-$paymentId}' : '/debts/{-$debtId}'}
      params={{}}
      search={{ stage: key }}
      className={`stage ${key}`}
      data-testid={`stage-${key}`}
      data-count={count}
      data-sum-minor={sumMinor}
    >
      <span className="name">{t(`stages.${key}`)}</span>
      <span className="figures sum">{renderer.money(sumMinor, money.currency)}</span>
      <span className="quiet">{t('home.payments', { count })}</span>
    </Link>
  );
}

/** Before the host: which tills may hold sales that it does not know yet, since when. */
function AtTills() {
  const { t } = useTranslation('console');
  const nowMs = useNowMs();
  const tills = useTills().data?.items;
  const contact = tills === undefined || nowMs === undefined ? undefined : tillsContact(tills, nowMs);
  return (
    <Link
      to="/tills"
      search={{}}
      className="stage atTills"
      data-testid="stage-atTills"
      data-contact={contact?.kind}
    >
      <span className="name">{t('home.atTills')}</span>
      {contact !== undefined && <ContactText contact={contact} />}
    </Link>
  );
}

function ContactText({ contact }: { contact: TillsContact }) {
  const { t } = useTranslation('console');
  const lines = (sum: string, quiet: ReactNode) => (
    <>
      <span className="sum words">{sum}</span>
      <span className="quiet">{quiet}</span>
    </>
  );
  switch (contact.kind) {
    case 'no-tills':
      return lines(t('tills.empty'), '');
    case 'all-in-contact':
      return lines(t('home.allInContact'), t('home.tillsInContact', { count: contact.count }));
    case 'journal-refused':
      return lines(
        t('home.journalRefused', { refused: contact.count, all: contact.all }),
        t('home.entriesWait'),
      );
    case 'out-of-contact': {
      const { count, all, sinceAt } = contact;
      const since = (
        <>
          {t('home.since')} {sinceAt !== null && <Instant at={sinceAt} />}
        </>
      );
      return lines(
        t('home.outOfContact', { silent: count, all }),
        sinceAt === null ? t('home.neverInContact') : since,
      );
    }
  }
}
