import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Prints and says what came of it; a failure can be tried again. */
export function PrintButton(props: { words: string; printedWords: string; print: () => Promise<unknown> }) {
  const { t } = useTranslation();
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
        {state === 'printed' ? props.printedWords : state === 'printing' ? t('printing') : props.words}
      </button>
      {state === 'failed' && <p role="alert">{t('notPrinted')}</p>}
    </div>
  );
}
