import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Prints and shows the result; a failure can be tried again. */
export function PrintButton(props: { text: string; printedText: string; print: () => Promise<unknown> }) {
  const { t } = useTranslation('till');
  const [state, setState] = useState<'ready' | 'printing' | 'printed' | 'failed'>('ready');
  const print = (): void => {
    setState('printing');
    void props.print().then(
      () => setState('printed'),
      () => setState('failed'),
    );
  };
  const isDone = state === 'printing' || state === 'printed';
  return (
    <div className="print">
      <button type="button" className="secondary" disabled={isDone} onClick={print} data-testid="print">
        {state === 'printed' ? props.printedText : state === 'printing' ? t('printing') : props.text}
      </button>
      {state === 'failed' && <p role="alert">{t('notPrinted')}</p>}
    </div>
  );
}
