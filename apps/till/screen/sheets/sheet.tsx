import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusInside } from '../focus.ts';

/** A screen over the counter, with its name and a way back. Escape closes it. */
export function Sheet(props: { title: string; onClose: () => void; tools?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('till');
  const { onClose } = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const ref = useFocusInside<HTMLDivElement>();
  return (
    <div
      className="full sheet"
      role="dialog"
      aria-label={props.title}
      data-testid="sheet"
      ref={ref}
      tabIndex={-1}
    >
      <div className="sheet-head">
        <h1>{props.title}</h1>
        {props.tools}
        <button type="button" className="primary" onClick={onClose} data-testid="close-sheet">
          {t('menu.close')}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than the screen is scrolled by keyboard */}
      <section className="sheet-body" tabIndex={0} aria-label={props.title}>
        {props.children}
      </section>
    </div>
  );
}

/** Shown while the till has not answered yet, or does not answer. */
export function Waiting({ isSilent }: { isSilent: boolean }) {
  const { t } = useTranslation('till');
  return (
    <p className="hint" role="status" data-testid="waiting">
      {t(isSilent ? 'silentWhy' : 'reading')}
    </p>
  );
}
