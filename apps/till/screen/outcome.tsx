import type { tillApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReceiptPreview } from './receipt-preview.tsx';
import { type Kind, kindOf, Shape } from './shape.tsx';

interface Props {
  sale: tillApi.Sale;
  onNext: () => void;
  /** The same goods once more. */
  onPay: (tender: 'card' | 'cash') => void;
}

/**
 * What became of the sale, until it is touched. A screen that is filled, half filled or framed, and a full circle, half
 * circle or square tell the three apart without colour.
 */
export function Outcome(props: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [isReceiptShown, showReceipt] = useState(false);
  const { sale } = props;
  const kind = kindOf(sale);
  const name = t(`outcome.${kind}`);
  const receipt = isReceiptShown ? sale.receipt : null;
  return (
    <div
      className={`full outcome ${kind} ${receipt === null ? '' : 'with-receipt'}`}
      role="alertdialog"
      aria-label={name}
      data-testid="outcome"
      data-outcome={kind}
    >
      {receipt !== null ? (
        <div className="shown">
          <ReceiptPreview receipt={receipt} saleId={sale.saleId} />
        </div>
      ) : (
        <>
          <div className="sign">
            <Shape kind={kind} size={200} />
          </div>
          <div className="said">
            <h1>{name}</h1>
            <p className="sum">{formatMoney(language, sale.totalMinor, sale.currency)}</p>
            <Meaning sale={sale} kind={kind} />
          </div>
        </>
      )}
      <div className="choices">
        {sale.receipt !== null && (
          <button
            type="button"
            className="secondary"
            onClick={() => showReceipt(!isReceiptShown)}
            data-testid="toggle-receipt"
          >
            {t(isReceiptShown ? 'outcome.hideReceipt' : 'outcome.receipt')}
          </button>
        )}
        {kind === 'refused' ? <Retry {...props} /> : <Next {...props} />}
      </div>
    </div>
  );
}

/** What it means, in one line; for a refusal why, and what to do. */
function Meaning({ sale, kind }: { sale: tillApi.Sale; kind: Kind }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (sale.words !== null)
    return (
      <>
        <p className="big" data-testid="reason">
          {sale.words[language].reason}
        </p>
        <p className="big advice">{sale.words[language].advice}</p>
      </>
    );
  if (kind === 'refused') return null;
  return <p className="big">{t(`outcome.meaning.${kind}`)}</p>;
}

function Next({ onNext }: Props) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noAutofocus: the next sale is one press of Enter away
    <button type="button" className="primary" autoFocus onClick={onNext} data-testid="next">
      {t('outcome.next')}
    </button>
  );
}

/** The goods are still in the basket: they can be paid in another way at once. */
function Retry({ sale, onNext, onPay }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {sale.tender === 'card' && (
        <button type="button" className="primary" onClick={() => onPay('card')} data-testid="retry-card">
          {t('outcome.cardAgain')}
        </button>
      )}
      <button type="button" className="secondary" onClick={() => onPay('cash')} data-testid="retry-cash">
        {t(sale.tender === 'cash' ? 'outcome.cashAgain' : 'cash')}
      </button>
      {/* biome-ignore lint/a11y/noAutofocus: Enter goes back and sells nothing */}
      <button type="button" className="secondary" autoFocus onClick={onNext} data-testid="next">
        {t('outcome.back')}
      </button>
    </>
  );
}
