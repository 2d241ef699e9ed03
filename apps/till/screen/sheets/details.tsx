import type { tillApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';
import { type Appearance, AppearanceSwitch, useRenderer } from '@bivak/screen';
import { useTranslation } from 'react-i18next';
import { Sheet, Waiting } from './sheet.tsx';

type Part = readonly [title: string, rows: readonly (readonly [name: string, value: string])[]];

/** The till's link and queue, limits, stop-list, deadlines and shift, and how the screen looks. */
export function Details(props: {
  status: tillApi.TillStatus | undefined;
  appearance: [Appearance, (appearance: Appearance) => void];
  onClose: () => void;
}) {
  const { t } = useTranslation('till');
  const { status, onClose } = props;
  const renderer = useRenderer({ timeZone: status?.timeZone, currency: status?.currency });
  const [appearance, setAppearance] = props.appearance;
  const title = status === undefined ? t('menu.details') : `${t('menu.details')}: ${status.place}`;
  return (
    <Sheet title={title} onClose={onClose}>
      {status === undefined && <Waiting isSilent={false} />}
      <div className="detail-parts">
        {status !== undefined &&
          partsOf(status, renderer).map(([name, rows]) => <PartView key={name} title={name} rows={rows} />)}
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

function partsOf(status: tillApi.TillStatus, renderer: Renderer): readonly Part[] {
  const { limits, stopList, clocks, shift, link, queue, drive } = status;
  const { t, money, duration } = renderer;
  const at = (instant: string | null): string =>
    instant === null ? t('till:details.none') : renderer.instant(instant);
  const since = (instant: string): string => duration(Date.parse(status.now) - Date.parse(instant));
  const counted = (minor: number, count: number): string =>
    `${money(minor)}, ${t('till:details.purchases', { count })}`;
  return [
    [
      t('till:details.link'),
      [
        [t(`till:link.${link.state}`), since(link.since)],
        [t('till:details.lastContact'), at(link.lastContactAt)],
        [t('till:details.waiting'), counted(queue.sumMinor, queue.sales)],
      ],
    ],
    [
      t('till:details.limits'),
      [
        [t('till:details.perSale'), money(limits.perSaleMinor)],
        [t('till:details.perCard'), counted(limits.perCardMinor, limits.perCardCount)],
        [t('till:details.tillLeft'), counted(limits.tillMinorLeft, limits.tillCountLeft)],
      ],
    ],
    [
      t('till:details.clocks'),
      [
        [t('till:details.bank'), at(clocks.bankDueAt)],
        [t('till:details.recovery'), at(clocks.recoveryEndsAt)],
        [t('till:details.drive'), at(clocks.driveDueAt)],
      ],
    ],
    [
      t('till:details.stopList'),
      [
        [
          t('till:details.version'),
          stopList.issuedAt === null
            ? t('till:details.never')
            : t('till:details.stopListValue', { version: stopList.version, entries: stopList.entries }),
        ],
        [t('till:details.age'), stopList.ageMs === null ? t('till:details.never') : duration(stopList.ageMs)],
      ],
    ],
    [
      t('till:details.till'),
      [
        [t('till:heading'), status.tillId],
        [
          t('till:details.shift'),
          t(shift.open ? 'till:details.shiftOpen' : 'till:details.shiftClosed', { number: shift.number }),
        ],
        [t('till:details.driveNumber'), drive.number === '' ? t('till:details.none') : drive.number],
      ],
    ],
  ];
}
