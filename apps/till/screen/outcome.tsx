import type { tillApi } from '@bivak/contracts';
import { formatMoney, useLanguage } from '@bivak/screen';
import { toString as qrSvg } from 'qrcode';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { printCopy } from './data.ts';

type Kind = 'accepted-offline' | 'accepted-online' | 'accepted-cash' | 'refused';

function kindOf({ outcome, mode }: tillApi.Sale): Kind {
  if (outcome === 'refused') return 'refused';
  return mode === 'offline' ? 'accepted-offline' : mode === 'online' ? 'accepted-online' : 'accepted-cash';
}

/** What became of the sale: fills the screen until it is touched; full circle, half circle and square tell it without colour. */
export function Outcome(props: { sale: tillApi.Sale; onNext: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [isReceiptShown, showReceipt] = useState(false);
  const { sale } = props;
  const kind = kindOf(sale);
  return (
    <div
      className={`full outcome ${kind}`}
      role="alertdialog"
      aria-label={t(`outcome.${kind}`)}
      data-testid="outcome"
      data-outcome={kind}
    >
      {isReceiptShown && sale.receipt !== null ? (
        <ReceiptPreview receipt={sale.receipt} saleId={sale.saleId} />
      ) : (
        <>
          <Shape kind={kind} />
          <h1>{t(`outcome.${kind}`)}</h1>
          <p className="sum">{formatMoney(language, sale.totalMinor, sale.currency)}</p>
          {kind === 'accepted-offline' && <p className="big">{t('outcome.laterMoney')}</p>}
          {kind === 'accepted-cash' && <p className="big">{t('outcome.cashMoney')}</p>}
          {sale.words !== null && (
            <>
              <p className="big" data-testid="reason">
                {sale.words[language].reason}
              </p>
              <p className="big advice">{sale.words[language].advice}</p>
            </>
          )}
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
        {/* biome-ignore lint/a11y/noAutofocus: the next sale is one press of Enter away */}
        <button type="button" className="primary" autoFocus onClick={props.onNext} data-testid="next">
          {t('outcome.next')}
        </button>
      </div>
    </div>
  );
}

function Shape({ kind }: { kind: Kind }) {
  return (
    <svg viewBox="0 0 100 100" width="180" height="180" aria-hidden="true" className="shape">
      {kind === 'refused' ? (
        <rect x="6" y="6" width="88" height="88" />
      ) : (
        <circle cx="50" cy="50" r="44" className={kind === 'accepted-offline' ? 'ring' : 'disc'} />
      )}
      {kind === 'accepted-offline' && <path d="M50 6 A44 44 0 0 0 50 94 Z" className="disc" />}
      {(kind === 'accepted-online' || kind === 'accepted-cash') && (
        <path d="M28 52 L44 68 L73 34" className="mark" />
      )}
      {kind === 'refused' && <path d="M30 30 L70 70 M70 30 L30 70" className="mark" />}
    </svg>
  );
}

/** The receipt's QR code, by which the buyer checks it with the tax service. */
function Qr({ text }: { text: string }) {
  const { t } = useTranslation();
  const [image, setImage] = useState<string>();
  useEffect(() => {
    void qrSvg(text, { type: 'svg', margin: 2 }).then((svg) =>
      setImage(`data:image/svg+xml,${encodeURIComponent(svg)}`),
    );
  }, [text]);
  return image === undefined ? null : (
    <img className="qr" src={image} alt={t('outcome.qr')} data-testid="qr" />
  );
}

/** A receipt as the printer prints it; a copy can be printed. */
export function ReceiptPreview(props: { receipt: tillApi.Receipt; saleId?: string }) {
  const { t } = useTranslation();
  const [isPrinted, setPrinted] = useState(false);
  const { saleId } = props;
  return (
    <div className="paper-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long receipt is scrolled by keyboard */}
      <pre className="paper" data-testid="receipt" tabIndex={0}>
        {props.receipt.lines.join('\n')}
      </pre>
      {props.receipt.qr !== null && <Qr text={props.receipt.qr} />}
      {saleId !== undefined && (
        <button
          type="button"
          className="plain"
          disabled={isPrinted}
          onClick={() =>
            void printCopy(saleId).then(
              () => setPrinted(true),
              () => {},
            )
          }
        >
          {t(isPrinted ? 'outcome.printed' : 'outcome.print')}
        </button>
      )}
    </div>
  );
}
