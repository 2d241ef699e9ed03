import type { tillApi } from '@bivak/contracts';
import { type AdviceAction, refusalAdvice, type Tender } from '@bivak/domain';
import { useRenderer } from '@bivak/screen';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReceiptPreview } from './receipt-preview.tsx';
import { type Kind, kindOf, Shape } from './shape.tsx';

interface Props {
  sale: tillApi.Sale;
  onNext: () => void;
  /** The same items once more; `isAnotherPurchase`: the cashier says so, although the card has just paid the same sum. */
  onPay: (tender: Tender, isAnotherPurchase?: true) => void;
}

/**
 * What became of the sale, until it is touched. A screen that is filled, half filled or framed, and a full circle, half
 * circle or square tell the three apart without colour.
 */
export function Outcome(props: Props) {
  const { t } = useTranslation('till');
  const { money } = useRenderer();
  const [isReceiptShown, showReceipt] = useState(false);
  const { sale } = props;
  const kind = kindOf(sale);
  const name = t(sale.reason === 'possible-double' ? 'outcome.question' : `outcome.${kind}`);
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
          <div className="meaning">
            <h1>{name}</h1>
            <p className="sum">{money(sale.totalMinor, sale.currency)}</p>
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
  const { t } = useTranslation('till');
  const { refusal } = useRenderer();
  if (sale.reason !== null) {
    const { reason, advice } = refusal(sale.reason);
    return (
      <>
        <p className="big" data-testid="reason">
          {reason}
        </p>
        <p className="big advice">{advice}</p>
      </>
    );
  }
  if (kind === 'refused') return null;
  return <p className="big">{t(`outcome.meaning.${kind}`)}</p>;
}

function Next({ onNext }: Props) {
  const { t } = useTranslation('till');
  return (
    // biome-ignore lint/a11y/noAutofocus: the next sale is one press of Enter away
    <button type="button" className="primary" autoFocus onClick={onNext} data-testid="next">
      {t('outcome.next')}
    </button>
  );
}

type RetryButton = 'another-purchase' | 'other-card' | 'card-again' | 'cash' | 'cash-again' | 'back';

/** After a refused card: the button that does what the advice says, then what else may be tried. */
const buttonsFor: Readonly<Record<AdviceAction, readonly RetryButton[]>> = {
  'other-card': ['other-card', 'cash', 'back'],
  cash: ['cash', 'card-again', 'back'],
  split: ['back', 'cash'],
  retry: ['card-again', 'cash', 'back'],
  support: ['back', 'card-again', 'cash'],
  confirm: ['another-purchase', 'back', 'cash'],
};

/** The items are still in the basket: they can be paid in another way at once. */
function Retry({ sale, onNext, onPay }: Props) {
  const { t } = useTranslation('till');
  const action = sale.reason === null ? 'retry' : refusalAdvice[sale.reason];
  const buttons = sale.tender === 'cash' ? (['cash-again', 'back'] as const) : buttonsFor[action];
  const of: Readonly<Record<RetryButton, { text: string; testId: string; onClick: () => void }>> = {
    'another-purchase': {
      text: t('outcome.anotherPurchase'),
      testId: 'another-purchase',
      onClick: () => onPay('card', true),
    },
    'other-card': { text: t('outcome.otherCard'), testId: 'retry-card', onClick: () => onPay('card') },
    'card-again': { text: t('outcome.cardAgain'), testId: 'retry-card', onClick: () => onPay('card') },
    cash: { text: t('cash'), testId: 'retry-cash', onClick: () => onPay('cash') },
    'cash-again': { text: t('outcome.cashAgain'), testId: 'retry-cash', onClick: () => onPay('cash') },
    back: { text: t('outcome.back'), testId: 'next', onClick: onNext },
  };
  return buttons.map((button, index) => (
    <button
      key={button}
      type="button"
      className={index === 0 ? 'primary' : 'secondary'}
      // biome-ignore lint/a11y/noAutofocus: Enter goes back and sells nothing
      autoFocus={button === 'back'}
      onClick={of[button].onClick}
      data-testid={of[button].testId}
    >
      {of[button].text}
    </button>
  ));
}
