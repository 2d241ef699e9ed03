import type { tillApi } from '@bivak/contracts';
import { useTranslation } from 'react-i18next';
import { cancelCard } from './data.ts';
import type { Phase } from './selling.ts';

/** Says what to do with the card now, and has a way out as long as there is one. */
export function CardPrompt(props: {
  phase: Extract<Phase, { name: 'paying' }>;
  prompt: tillApi.TillStatus['cardPrompt'];
}) {
  const { t } = useTranslation();
  const { tender, isLost } = props.phase;
  const words = isLost ? t('lost') : tender === 'cash' ? t('sending') : t(`prompt.${props.prompt}`);
  return (
    <div
      className="full"
      role="alertdialog"
      aria-label={words}
      data-testid="card-prompt"
      data-prompt={props.prompt}
    >
      <svg
        viewBox="0 0 120 80"
        width="240"
        height="160"
        aria-hidden="true"
        className={`card-picture ${props.prompt}`}
      >
        <rect x="4" y="4" width="112" height="72" rx="10" />
        <path d="M4 26 H116" />
      </svg>
      <p className="big" role="status">
        {words}
      </p>
      {tender === 'card' && props.prompt !== 'remove' && (
        <button
          type="button"
          className="secondary"
          onClick={() => void cancelCard().catch(() => {})}
          data-testid="cancel-card"
        >
          {t('cancel')}
        </button>
      )}
    </div>
  );
}
