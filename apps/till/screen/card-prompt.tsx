import type { tillApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusInside } from './focus.ts';
import type { Phase } from './selling.ts';

type Prompt = tillApi.TillStatus['cardPrompt'];

/** What to do with the card now, with a way out as long as there is one. */
export function CardPrompt(props: {
  phase: Extract<Phase, { name: 'paying' }>;
  prompt: Prompt;
  sumMinor: number;
  currency: string;
  onCancel: () => void;
  onPutAside: () => void;
}) {
  const { t } = useTranslation('till');
  const { money } = useRenderer();
  const { onCancel } = props;
  const { sale, trouble } = props.phase;
  const prompt = trouble !== null || sale.tender === 'cash' ? 'idle' : props.prompt;
  const text = trouble === null ? t(`prompt.${prompt}`) : t(`trouble.${trouble}`);
  const isCancellable = prompt === 'present' || prompt === 'hold';
  useEffect(() => {
    if (!isCancellable) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onCancel();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isCancellable, onCancel]);
  const ref = useFocusInside<HTMLDivElement>();
  return (
    <div
      className="full prompt"
      role="alertdialog"
      aria-label={text}
      data-testid="card-prompt"
      data-prompt={prompt}
      data-trouble={trouble ?? ''}
      ref={ref}
      tabIndex={-1}
    >
      <p className="to-pay">
        {t('toPay')} <span className="sum">{money(props.sumMinor, props.currency)}</span>
      </p>
      <Picture prompt={prompt} />
      <h1 aria-live="polite">{text}</h1>
      <p className="big">{trouble === null ? t(`promptWhy.${prompt}`) : t(`troubleWhy.${trouble}`)}</p>
      <div className="choices">
        {isCancellable && (
          <button type="button" className="secondary" onClick={onCancel} data-testid="cancel-card">
            {t('cancel')}
          </button>
        )}
        {trouble !== null && (
          <button type="button" className="secondary" onClick={props.onPutAside} data-testid="put-aside">
            {t('putAside')}
          </button>
        )}
      </div>
    </div>
  );
}

/** A card that comes to the reader, lies on it, goes away; three points while there is only to wait. */
function Picture({ prompt }: { prompt: Prompt }) {
  if (prompt === 'idle')
    return (
      <svg viewBox="0 0 160 120" width="240" height="180" aria-hidden="true" className="picture idle">
        {[44, 80, 116].map((x) => (
          <circle key={x} cx={x} cy="60" r="10" className="solid" />
        ))}
      </svg>
    );
  return (
    <svg viewBox="0 0 160 120" width="240" height="180" aria-hidden="true" className={`picture ${prompt}`}>
      <g className="card">
        <rect x="20" y={prompt === 'hold' ? 34 : 12} width="84" height="54" rx="8" />
        <path d={prompt === 'hold' ? 'M20 50 H104' : 'M20 28 H104'} />
      </g>
      <path d="M10 112 H118" className="reader" />
      {prompt === 'hold' && <path d="M124 34 a38 38 0 0 1 0 54 M138 24 a54 54 0 0 1 0 74" />}
      {prompt === 'present' && <path d="M134 30 V88 M116 70 L134 90 L152 70" />}
      {prompt === 'remove' && <path d="M134 90 V32 M116 50 L134 30 L152 50" />}
    </svg>
  );
}
