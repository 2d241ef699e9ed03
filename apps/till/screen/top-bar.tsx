import type { tillApi } from '@bivak/contracts';
import { formatTime, LanguageSwitch, useLanguage } from '@bivak/screen';
import { useTranslation } from 'react-i18next';
import type { SheetName } from './till-screen.tsx';

const hourMs = 3_600_000;
const sheets: readonly SheetName[] = ['report', 'sales', 'details'];

/** Never hidden: the link in words and shape, what waits to be sent, and what runs out. */
export function TopBar(props: {
  status: tillApi.TillStatus | undefined;
  onOpen: (sheet: SheetName) => void;
}) {
  const { t } = useTranslation();
  const { status } = props;
  return (
    <header className="top">
      <div className="facts" role="status">
        {status === undefined ? (
          <strong>{t('loading')}</strong>
        ) : (
          <>
            <LinkState state={status.link.state} />
            <Queue status={status} />
            <Warnings status={status} />
          </>
        )}
      </div>
      <nav>
        {sheets.map((sheet) => (
          <button
            key={sheet}
            type="button"
            className="plain"
            onClick={() => props.onOpen(sheet)}
            data-testid={`open-${sheet}`}
          >
            {t(`menu.${sheet}`)}
          </button>
        ))}
        <LanguageSwitch size="lg" />
      </nav>
    </header>
  );
}

/** A full, a half and an empty set of bars: told apart without colour. */
function LinkState({ state }: { state: tillApi.TillStatus['link']['state'] }) {
  const { t } = useTranslation();
  const bars = { up: 3, weak: 1, down: 0 }[state];
  return (
    <strong className={`link ${state}`} data-testid="link-state" data-state={state}>
      <svg viewBox="0 0 30 24" width="30" height="24" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={bar * 10 + 1}
            y={16 - bar * 7}
            width="7"
            height={7 + bar * 7}
            className={bar < bars ? 'on' : 'off'}
          />
        ))}
        {state === 'down' && <path d="M2 2 L28 23" className="cross" />}
      </svg>
      {t(`link.${state}`)}
    </strong>
  );
}

function Queue({ status }: { status: tillApi.TillStatus }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { sales, oldestAt } = status.queue;
  const words =
    sales === 0 || oldestAt === null
      ? t('queueEmpty')
      : t('queue', { count: sales, since: formatTime(language, oldestAt, status.timeZone) });
  return (
    <span data-testid="queue" data-sales={sales}>
      {words}
    </span>
  );
}

function Warnings({ status }: { status: tillApi.TillStatus }) {
  const { t } = useTranslation();
  const { state, daysLeftToSend } = status.drive;
  const openMs =
    status.shift.openedAt === null || !status.shift.open
      ? 0
      : Date.parse(status.now) - Date.parse(status.shift.openedAt);
  return (
    <>
      {state === 'silent' && <strong className="warning">{t('driveSilent')}</strong>}
      {state === 'refusing' && <strong className="warning">{t('driveRefusing')}</strong>}
      {daysLeftToSend !== null && daysLeftToSend < 7 && (
        <strong className="warning">
          {t('driveDays', { count: Math.max(0, Math.floor(daysLeftToSend)) })}
        </strong>
      )}
      {openMs > 20 * hourMs && (
        <strong className="warning">{t('shiftHours', { count: Math.floor(openMs / hourMs) })}</strong>
      )}
    </>
  );
}
