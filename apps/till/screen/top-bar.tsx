import type { tillApi } from '@bivak/contracts';
import { unsentText } from '@bivak/messages';
import { LanguageSwitch, useRenderer } from '@bivak/screen';
import { useTranslation } from 'react-i18next';
import type { SheetName } from './sheets/sheet-name.ts';

const hourMs = 3_600_000;
const sheets: readonly SheetName[] = ['report', 'sales', 'details'];

/** Never hidden: the link in words and shape, what waits to be sent, and what runs out. */
export function TopBar(props: {
  status: tillApi.TillStatus | undefined;
  /** The till itself does not answer: its last status is not shown as if it were true now. */
  isSilent: boolean;
  opened: SheetName | undefined;
  onOpen: (sheet: SheetName) => void;
  /** While a buyer pays nothing else is opened. */
  isBusy: boolean;
}) {
  const { t } = useTranslation('till');
  const { status, isSilent } = props;
  return (
    <header className="top">
      <div className="facts" role="status">
        {isSilent ? (
          <LinkState state="down" text={t('silent')} id="till-silent" />
        ) : status === undefined ? (
          <strong>{t('loading')}</strong>
        ) : (
          <>
            <LinkState state={status.link.state} text={t(`link.${status.link.state}`)} id="link-state" />
            <Unsent status={status} />
          </>
        )}
      </div>
      <nav inert={props.isBusy}>
        {sheets.map((sheet) => (
          <button
            key={sheet}
            type="button"
            className="plain"
            aria-pressed={props.opened === sheet}
            onClick={() => props.onOpen(sheet)}
            data-testid={`open-${sheet}`}
          >
            {t(`menu.${sheet}`)}
          </button>
        ))}
        <LanguageSwitch size="lg" isShort />
      </nav>
      {status !== undefined && !isSilent && <Warnings status={status} />}
    </header>
  );
}

/** A full, a partly filled and an empty, crossed set of bars: told apart without colour. */
function LinkState(props: { state: tillApi.TillStatus['link']['state']; text: string; id: string }) {
  const { state } = props;
  const bars = { up: 3, weak: 1, down: 0 }[state];
  return (
    <strong className={`link ${state}`} data-testid={props.id} data-state={state}>
      <svg viewBox="0 0 34 28" width="34" height="28" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={bar * 11 + 2}
            y={18 - bar * 8}
            width="8"
            height={8 + bar * 8}
            rx="1.5"
            className={bar < bars ? 'on' : 'off'}
          />
        ))}
        {state === 'down' && <path d="M3 3 L31 26" className="cross" />}
      </svg>
      {props.text}
    </strong>
  );
}

/** What has not left the till: for the host, and for the fiscal operator. */
function Unsent({ status }: { status: tillApi.TillStatus }) {
  const renderer = useRenderer();
  const { queue, drive } = status;
  const sentences = unsentText(
    {
      entries: queue.entries,
      sales: queue.sales,
      oldestAtMs: queue.oldestAt === null ? null : Date.parse(queue.oldestAt),
      unsentDocuments: drive.state === 'silent' ? null : drive.unsentDocuments,
      nowMs: Date.parse(status.now),
    },
    renderer,
  );
  return (
    <span className="unsent" data-testid="queue" data-sales={queue.sales}>
      {sentences.map(({ key, sentence }) => (
        <span key={key}>{sentence}</span>
      ))}
    </span>
  );
}

function Warnings({ status }: { status: tillApi.TillStatus }) {
  const { t } = useTranslation('till');
  const { state, daysLeftToSend } = status.drive;
  const openMs =
    status.shift.openedAt === null || !status.shift.open
      ? 0
      : Date.parse(status.now) - Date.parse(status.shift.openedAt);
  const warnings = [
    status.isRolledBack && t('rolledBack'),
    state === 'silent' && t('driveSilent'),
    state === 'refusing' && t('driveRefusing'),
    daysLeftToSend !== null &&
      daysLeftToSend < 7 &&
      t('driveDays', { count: Math.max(0, Math.floor(daysLeftToSend)) }),
    openMs > 20 * hourMs && t('shiftHours', { count: Math.floor(openMs / hourMs) }),
  ].filter((text) => text !== false);
  if (warnings.length === 0) return null;
  return (
    <ul className="warnings" data-testid="warnings">
      {warnings.map((text) => (
        <li key={text}>
          <svg viewBox="0 0 24 22" width="24" height="22" aria-hidden="true">
            <path d="M12 1 L23 21 H1 Z" />
            <path d="M12 8 V14 M12 16.5 V18.5" className="mark" />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
