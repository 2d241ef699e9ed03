import type { hostApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useNowMs, useTills } from '../data.ts';
import { Instant } from '../parts/instant.tsx';
import type { DebtStage, PaymentStage } from '../payments/filter.ts';

type StageKey = PaymentStage | DebtStage;
interface Stage {
  key: StageKey;
  to: '/payments' | '/debts';
}

const onTheWay: readonly Stage[] = [
  { key: 'toBeSent', to: '/payments' },
  { key: 'atBanks', to: '/payments' },
  { key: 'collected', to: '/payments' },
];
const belowTheLine: readonly Stage[] = [
  { key: 'declined', to: '/debts' },
  { key: 'recovered', to: '/debts' },
  { key: 'stopListed', to: '/debts' },
];
const stages = [...onTheWay, ...belowTheLine];

/** The way of the money as a picture: each stage as wide as its sum, and what stands in each. */
export function Flow({ money }: { money: hostApi.Money }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const totalMinor = stages.reduce((sum, { key }) => sum + money[key].sumMinor, 0);
  const inMinor = money.collected.sumMinor + money.recovered.sumMinor;
  const share = new Intl.NumberFormat(language, { style: 'percent' });
  return (
    <div>
      {totalMinor === 0 ? (
        <Text c="dimmed" mb="md">
          {t('home.nothing')}
        </Text>
      ) : (
        <>
          <Text mb="sm" data-testid="answer">
            {t('home.answer', {
              in: formatMoney(language, inMinor, money.currency),
              total: formatMoney(language, totalMinor, money.currency),
              share: share.format(Math.floor((100 * inMinor) / totalMinor) / 100),
            })}
          </Text>
          <River money={money} />
        </>
      )}
      <section aria-label={t('home.onTheWay')}>
        <Text fw={600} mb={6}>
          {t('home.onTheWay')}
        </Text>
        <div className="flow four">
          <AtTills />
          {onTheWay.map((stage) => (
            <StageCard key={stage.key} stage={stage.key} to={stage.to} money={money} />
          ))}
        </div>
      </section>
      <section aria-label={t('home.belowTheLine')} className="below-the-line">
        <Text fw={600} mb={6}>
          {t('home.belowTheLine')}
        </Text>
        <div className="flow">
          {belowTheLine.map((stage) => (
            <StageCard key={stage.key} stage={stage.key} to={stage.to} money={money} />
          ))}
        </div>
      </section>
    </div>
  );
}

/** All the money in one bar: widths are sums. What it says stands in words beneath it. */
function River({ money }: { money: hostApi.Money }) {
  return (
    <div className="river" aria-hidden>
      {stages
        .filter(({ key }) => money[key].sumMinor > 0)
        .map(({ key }) => (
          <span key={key} className={`part ${key}`} style={{ flexGrow: money[key].sumMinor }} />
        ))}
    </div>
  );
}

function StageCard(props: { stage: StageKey; to: Stage['to']; money: hostApi.Money }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { stage, to, money } = props;
  const { count, sumMinor } = money[stage];
  return (
    <Link
      to={to}
      search={{ stage }}
      className={`stage ${stage}`}
      data-testid={`stage-${stage}`}
      data-count={count}
      data-sum-minor={sumMinor}
    >
      <span className="name">{t(`home.${stage}`)}</span>
      <span className="figures sum">{formatMoney(language, sumMinor, money.currency)}</span>
      <span className="quiet">{t('home.payments', { count })}</span>
    </Link>
  );
}

/** A till that has been out of contact for longer may hold sales that nobody but it knows. */
const outOfContactMs = 600_000;

/** Before the host: which tills may hold sales that it does not know yet, since when. */
function AtTills() {
  const { t } = useTranslation();
  const nowMs = useNowMs();
  const tills = useTills().data?.items ?? [];
  const silent = tills.filter(
    ({ lastContactAt }) =>
      nowMs !== undefined && (lastContactAt === null || nowMs - Date.parse(lastContactAt) > outOfContactMs),
  );
  const since = silent.flatMap(({ lastContactAt }) => lastContactAt ?? []).toSorted()[0];
  return (
    <Link
      to="/tills"
      search={{}}
      className="stage atTills"
      data-testid="stage-atTills"
      data-count={silent.length}
    >
      <span className="name">{t('home.atTills')}</span>
      <span className="sum words">
        {silent.length === 0
          ? t('home.inContact')
          : t('home.outOfContact', { count: silent.length, all: tills.length })}
      </span>
      <span className="quiet">
        {silent.length === 0 ? (
          t('home.allTills', { count: tills.length })
        ) : since === undefined ? (
          t('home.neverInContact')
        ) : (
          <>
            {t('home.since')} <Instant at={since} />
          </>
        )}
      </span>
    </Link>
  );
}
