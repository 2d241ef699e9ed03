import type { tillApi } from '@bivak/contracts';
import { toString as qrSvg } from 'qrcode';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { printCopy } from './data.ts';
import { PrintButton } from './print-button.tsx';

/** A receipt as the printer prints it; a copy can be printed. */
export function ReceiptPreview(props: { receipt: tillApi.Receipt; saleId?: string }) {
  const { t } = useTranslation('till');
  const { saleId, receipt } = props;
  return (
    <div className="paper-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long receipt is scrolled by keyboard */}
      <pre className="paper" data-testid="receipt" tabIndex={0}>
        {receipt.lines.join('\n')}
      </pre>
      {(receipt.qr !== null || saleId !== undefined) && (
        <div className="paper-tools">
          {receipt.qr !== null && <Qr text={receipt.qr} />}
          {saleId !== undefined && (
            <PrintButton
              text={t('outcome.print')}
              printedText={t('outcome.printed')}
              print={() => printCopy(saleId)}
            />
          )}
        </div>
      )}
    </div>
  );
}

/** The receipt's QR code, by which the buyer checks it with the tax service. */
function Qr({ text }: { text: string }) {
  const { t } = useTranslation('till');
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
