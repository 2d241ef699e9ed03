import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BasketPanel } from './basket-panel.tsx';
import { CardPrompt } from './card-prompt.tsx';
import { useCatalogue, useStatus } from './data.ts';
import { Goods } from './goods.tsx';
import { Outcome } from './outcome.tsx';
import { PhoneEntry } from './phone-entry.tsx';
import { createScanner } from './scanner.ts';
import { useSelling } from './selling.ts';
import { Details } from './sheets/details.tsx';
import { Report } from './sheets/report.tsx';
import { Sales } from './sheets/sales.tsx';
import { TopBar } from './top-bar.tsx';

export type SheetName = 'report' | 'sales' | 'details';

/** The till: goods to the left, basket to the right, the state of things above; whatever matters more fills the screen. */
export function TillScreen() {
  const { t } = useTranslation();
  const selling = useSelling();
  const { data: catalogue } = useCatalogue();
  const isPaying = selling.phase.name === 'paying';
  const { data: status } = useStatus(isPaying);
  useEffect(() => {
    if (status !== undefined) document.documentElement.dataset.timeZone = status.timeZone;
  }, [status]);
  const [sheet, setSheet] = useState<SheetName>();
  const [isPhoneOpen, setPhoneOpen] = useState(false);
  const add = (sku: string): void => selling.change({ do: 'add', sku });
  useScanner((code) => {
    const found = catalogue?.items.find(({ barcode }) => barcode === code);
    if (found === undefined) selling.setError(t('unknownBarcode', { code }));
    else add(found.sku);
  }, selling.phase.name === 'ringing-up');
  if (catalogue === undefined) return <main className="starting">{t('loading')}</main>;
  const close = (): void => setSheet(undefined);
  return (
    <div className="till">
      <TopBar status={status} onOpen={setSheet} />
      <main className="counter">
        <h1 className="unseen">{t('heading')}</h1>
        <Goods catalogue={catalogue} onAdd={add} />
        <BasketPanel
          catalogue={catalogue}
          basket={selling.basket}
          onChange={selling.change}
          onPay={selling.pay}
          onPhone={() => setPhoneOpen(true)}
        />
      </main>
      {selling.error !== undefined && (
        <div className="notice" role="alert">
          <span>{t('error', { why: selling.error })}</span>
          <button type="button" className="plain" onClick={selling.dismiss}>
            {t('dismiss')}
          </button>
        </div>
      )}
      {isPhoneOpen && (
        <PhoneEntry
          phone={selling.basket.phone}
          onDone={(phone) => {
            selling.change({ do: 'phone', phone });
            setPhoneOpen(false);
          }}
        />
      )}
      {sheet === 'report' && <Report currency={catalogue.currency} onClose={close} />}
      {sheet === 'sales' && <Sales onClose={close} />}
      {sheet === 'details' && status !== undefined && <Details status={status} onClose={close} />}
      {selling.phase.name === 'paying' && (
        <CardPrompt phase={selling.phase} prompt={status?.cardPrompt ?? 'idle'} />
      )}
      {selling.phase.name === 'done' && <Outcome sale={selling.phase.sale} onNext={selling.next} />}
    </div>
  );
}

/** Listens to the scanner wherever the focus is. */
function useScanner(onCode: (code: string) => void, isOn: boolean): void {
  const latest = useRef(onCode);
  latest.current = onCode;
  useEffect(() => {
    if (!isOn) return;
    const scanner = createScanner();
    const onKey = (event: KeyboardEvent): void => {
      const code = scanner.key(event.key, event.timeStamp);
      if (code === undefined) return;
      event.preventDefault();
      if (event.target instanceof HTMLInputElement)
        event.target.dispatchEvent(new CustomEvent('scanned', { bubbles: true }));
      latest.current(code);
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [isOn]);
}
