import type { tillApi } from '@bivak/contracts';
import {
  type Appearance,
  AppearanceSwitch,
  formatDuration,
  formatInstant,
  formatMoney,
  type Language,
  useLanguage,
} from '@bivak/screen';
import { useTranslation } from 'react-i18next';
import { Sheet, Waiting } from './sheet.tsx';

type Part = readonly [title: string, rows: readonly (readonly [name: string, value: string])[]];
type Words = ReturnType<typeof useTranslation>['t'];

/** The till's link and queue, limits, stop-list, deadlines and shift, and how the screen looks. */
export function Details(props: {
  status: tillApi.TillStatus | undefined;
  appearance: [Appearance, (appearance: Appearance) => void];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { status, onClose } = props;
  const [appearance, setAppearance] = props.appearance;
  const title = status === undefined ? t('menu.details') : `${t('menu.details')}: ${status.place}`;
  return (
    <Sheet title={title} onClose={onClose}>
      {status === undefined && <Waiting isSilent={false} />}
      <div className="detail-parts">
        {status !== undefined &&
          partsOf(status, t, language).map(([name, rows]) => (
            <PartView key={name} title={name} rows={rows} />
          ))}
        <section>
          <h2>{t('appearance')}</h2>
          <AppearanceSwitch value={appearance} onChange={setAppearance} label={t('appearance')} />
        </section>
      </div>
    </Sheet>
  );
}

function PartView({ title, rows }: { title: string; rows: Part[1] }) {
  return (
    <section>
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
  );
}

function partsOf(status: tillApi.TillStatus, t: Words, language: Language): readonly Part[] {
  const { limits, stopList, clocks, shift, link, queue, drive, timeZone } = status;
  const money = (minor: number): string => formatMoney(language, minor, status.currency);
  const at = (instant: string | null): string =>
    instant === null ? t('details.none') : formatInstant(language, instant, { timeZone });
  const since = (instant: string): string =>
    formatDuration(language, Date.parse(status.now) - Date.parse(instant));
  const counted = (minor: number, count: number): string =>
    `${money(minor)}, ${t('details.purchases', { count })}`;
  return [
    [
      t('details.link'),
      [
        [t(`link.${link.state}`), since(link.since)],
        [t('details.lastContact'), at(link.lastContactAt)],
        [t('details.waiting'), counted(queue.sumMinor, queue.sales)],
      ],
    ],
    [
      t('details.limits'),
      [
        [t('details.perSale'), money(limits.perSaleMinor)],
        [t('details.perCard'), counted(limits.perCardMinor, limits.perCardCount)],
        [t('details.tillLeft'), counted(limits.tillMinorLeft, limits.tillCountLeft)],
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
      t('details.stopList'),
      [
        [
          t('details.version'),
          stopList.issuedAt === null
            ? t('details.never')
            : t('details.stopListValue', { version: stopList.version, entries: stopList.entries }),
        ],
        [
          t('details.age'),
          stopList.ageMs === null ? t('details.never') : formatDuration(language, stopList.ageMs),
        ],
      ],
    ],
    [
      t('details.till'),
      [
        [t('heading'), status.tillId],
        [
          t('details.shift'),
          t(shift.open ? 'details.shiftOpen' : 'details.shiftClosed', { number: shift.number }),
        ],
        [t('details.driveNumber'), drive.number === '' ? t('details.none') : drive.number],
      ],
    ],
  ];
}
