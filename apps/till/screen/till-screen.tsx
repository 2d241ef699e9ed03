import type { tillApi } from '@bivak/contracts';
import { type Appearance, useAppearance } from '@bivak/screen';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BasketPanel } from './basket-panel.tsx';
import { CardPrompt } from './card-prompt.tsx';
import { useCatalogue, useStatus } from './data.ts';
import { Items } from './items.tsx';
import { NoticeBar } from './notice-bar.tsx';
import { Outcome } from './outcome.tsx';
import { PhoneEntry } from './phone-entry.tsx';
import { createScanner } from './scanner.ts';
import { useSelling } from './selling.ts';
import { Details } from './sheets/details.tsx';
import { Report } from './sheets/report.tsx';
import { Sales } from './sheets/sales.tsx';
import type { SheetName } from './sheets/sheet-name.ts';
import { TopBar } from './top-bar.tsx';

type Selling = ReturnType<typeof useSelling>;

/** The till: items to the left, basket to the right, its state above; whatever matters more covers the items. */
export function TillScreen() {
  const selling = useSelling();
  const appearance = useAppearance();
  const { data: catalogue, isError: isCatalogueSilent } = useCatalogue();
  const isBusy = selling.phase.name !== 'ringing-up';
  const { data: status, isError: isSilent } = useStatus(selling.phase.name === 'paying');
  const [overlay, setOverlay] = useState<SheetName | 'phone'>();
  const [query, setQuery] = useState('');
  const add = (sku: string): void => selling.change({ do: 'add', sku });
  useScanner((code) => {
    if (catalogue === undefined) return;
    if (isBusy) return selling.setNotice('scan-later');
    setOverlay(undefined);
    setQuery('');
    const found = catalogue.items.find(({ barcode }) => barcode === code);
    selling.setNotice(found === undefined ? { unknownBarcode: code } : undefined);
    if (found !== undefined) add(found.sku);
  });
  if (catalogue === undefined) return <Starting isSilent={isCatalogueSilent} />;
  return (
    <div className="till">
      <TopBar
        status={status}
        isSilent={isSilent}
        opened={overlay === 'phone' || isBusy ? undefined : overlay}
        onOpen={(sheet) => setOverlay(overlay === sheet ? undefined : sheet)}
        isBusy={isBusy}
      />
      <main className="stage">
        <div className="counter" inert={isBusy || overlay !== undefined}>
          <Counter
            catalogue={catalogue}
            selling={selling}
            query={query}
            onQuery={setQuery}
            onAdd={add}
            onPhone={() => setOverlay('phone')}
          />
        </div>
        {!isBusy && (
          <Overlay
            overlay={overlay}
            catalogue={catalogue}
            status={status}
            selling={selling}
            appearance={appearance}
            onClose={() => setOverlay(undefined)}
          />
        )}
        <Paying selling={selling} catalogue={catalogue} status={status} onNext={() => setQuery('')} />
        {selling.notice !== undefined && (
          <NoticeBar notice={selling.notice} onDismiss={() => selling.setNotice(undefined)} />
        )}
      </main>
    </div>
  );
}

/** Before the items are there: what happens, and after a while what to do. */
function Starting({ isSilent }: { isSilent: boolean }) {
  const { t } = useTranslation('till');
  return (
    <main className="starting">
      <h1>{t('loading')}</h1>
      {isSilent && <p>{t('loadingWhy')}</p>}
    </main>
  );
}

function Counter(props: {
  catalogue: tillApi.Catalogue;
  selling: Selling;
  query: string;
  onQuery: (query: string) => void;
  onAdd: (sku: string) => void;
  onPhone: () => void;
}) {
  const { t } = useTranslation('till');
  const { catalogue, selling } = props;
  return (
    <>
      <h1 className="unseen">{t('heading')}</h1>
      <Items catalogue={catalogue} query={props.query} onQuery={props.onQuery} onAdd={props.onAdd} />
      <BasketPanel
        catalogue={catalogue}
        basket={selling.basket}
        onChange={selling.change}
        onPay={selling.pay}
        onPhone={props.onPhone}
      />
    </>
  );
}

/** What the cashier has opened over the items. */
function Overlay(props: {
  overlay: SheetName | 'phone' | undefined;
  catalogue: tillApi.Catalogue;
  status: tillApi.TillStatus | undefined;
  selling: Selling;
  appearance: [Appearance, (appearance: Appearance) => void];
  onClose: () => void;
}) {
  const { overlay, status, selling, onClose } = props;
  switch (overlay) {
    case 'phone':
      return (
        <PhoneEntry
          phone={selling.basket.phone}
          onDone={(phone) => {
            selling.change({ do: 'phone', phone });
            onClose();
          }}
          onClose={onClose}
        />
      );
    case 'report':
      return <Report catalogue={props.catalogue} onClose={onClose} />;
    case 'sales':
      return <Sales timeZone={status?.timeZone} onClose={onClose} />;
    case 'details':
      return <Details status={status} appearance={props.appearance} onClose={onClose} />;
    default:
      return null;
  }
}

function Paying(props: {
  selling: Selling;
  catalogue: tillApi.Catalogue;
  status: tillApi.TillStatus | undefined;
  onNext: () => void;
}) {
  const { selling, catalogue, status } = props;
  const { phase } = selling;
  if (phase.name === 'paying') {
    const priceOf = new Map(catalogue.items.map(({ sku, priceMinor }) => [sku, priceMinor]));
    return (
      <CardPrompt
        phase={phase}
        prompt={status?.cardPrompt ?? 'idle'}
        sumMinor={phase.sale.items.reduce(
          (sum, { sku, quantity }) => sum + (priceOf.get(sku) ?? 0) * quantity,
          0,
        )}
        currency={catalogue.currency}
        onCancel={selling.cancel}
        onPutAside={selling.putAside}
      />
    );
  }
  if (phase.name !== 'done') return null;
  const next = (): void => {
    props.onNext();
    selling.next();
  };
  return <Outcome key={phase.sale.saleId} sale={phase.sale} onNext={next} onPay={selling.pay} />;
}

/** Listens to the scanner wherever the focus is. */
function useScanner(onCode: (code: string) => void): void {
  const latest = useRef(onCode);
  latest.current = onCode;
  useEffect(() => {
    const scanner = createScanner();
    const onKey = (event: KeyboardEvent): void => {
      const code = scanner.key(event.key, event.timeStamp);
      if (code === undefined) return;
      // The scanner's Enter presses no button that happens to have the focus.
      event.preventDefault();
      event.stopPropagation();
      latest.current(code);
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}
