import type { tillApi } from '@bivak/contracts';
import { AppearanceSwitch, formatInstant, formatMoney, useAppearance, useLanguage } from '@bivak/screen';
import { useTranslation } from 'react-i18next';
import { Sheet } from './sheet.tsx';

/** The till's limits, stop-list, deadlines and shift, and how the screen looks. */
export function Details({ status, onClose }: { status: tillApi.TillStatus; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [appearance, setAppearance] = useAppearance();
  const money = (minor: number): string => formatMoney(language, minor, status.currency);
  const at = (instant: string | null): string =>
    instant === null ? t('details.none') : formatInstant(language, instant);
  const { limits, stopList, clocks, shift } = status;
  const parts: readonly (readonly [title: string, rows: readonly (readonly [string, string])[]])[] = [
    [
      t('details.limits'),
      [
        [t('details.perSale'), money(limits.perSaleMinor)],
        [t('details.perCard'), `${money(limits.perCardMinor)}, ${limits.perCardCount}`],
        [t('details.tillLeft'), `${money(limits.tillMinorLeft)}, ${limits.tillCountLeft}`],
      ],
    ],
    [
      t('details.stopList'),
      [
        [
          t('details.stopList'),
          stopList.issuedAt === null
            ? t('details.never')
            : t('details.stopListValue', { version: stopList.version, entries: stopList.entries }),
        ],
        [
          t('details.age'),
          stopList.ageMs === null
            ? t('details.never')
            : t('details.minutes', { count: Math.floor(stopList.ageMs / 60_000) }),
        ],
      ],
    ],
    [
      t('details.clocks'),
      [
        [t('details.bank'), at(clocks.bankDueAt)],
        [t('details.recovery'), at(clocks.recoveryEndsAt)],
        [t('details.drive'), at(clocks.driveDueAt)],
      ],
    ],
    [
      t('details.shift'),
      [
        [
          t('details.shift'),
          t(shift.open ? 'details.shiftOpen' : 'details.shiftClosed', { number: shift.number }),
        ],
      ],
    ],
  ];
  return (
    <Sheet title={`${t('menu.details')}: ${status.place}`} onClose={onClose}>
      <div className="detail-parts">
        {parts.map(([title, rows]) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl>
              {rows.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h2>{t('appearance')}</h2>
          <AppearanceSwitch value={appearance} onChange={setAppearance} label={t('appearance')} />
        </section>
      </div>
    </Sheet>
  );
}
