import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusInside } from './focus.ts';
import { isPhone, showPhone, typePhone } from './phone.ts';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '0'] as const;

/** The buyer's phone number on large keys; optional. */
export function PhoneEntry(props: {
  phone: string | null;
  onDone: (phone: string | null) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('till');
  const [text, setText] = useState(props.phone ?? '+7');
  const type = (key: string): void => setText((before) => typePhone(before, key));
  const erase = (): void => setText((before) => before.slice(0, -1));
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (/^[\d+]$/.test(event.key)) type(event.key);
      else if (event.key === 'Backspace') erase();
      else if (event.key === 'Escape') props.onClose();
      else if (event.key === 'Enter' && isPhone(text) && !(event.target instanceof HTMLButtonElement))
        props.onDone(text);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  const ref = useFocusInside<HTMLDivElement>();
  return (
    <div
      className="full phone-entry"
      role="dialog"
      aria-label={t('phone')}
      data-testid="phone-entry"
      ref={ref}
      tabIndex={-1}
    >
      <div className="phone-text">
        <h1>{t('phone')}</h1>
        <p>{t('phoneWhy')}</p>
        <output className="phone" aria-live="polite" data-testid="phone-number">
          {text === '' ? '+' : showPhone(text)}
        </output>
        <p className="quiet" role="status">
          {!isPhone(text) && text.length > 2 ? t('phoneShort') : '\u00a0'}
        </p>
      </div>
      <div className="keypad">
        {keys.map((key) => (
          <button key={key} type="button" onClick={() => type(key)}>
            {key}
          </button>
        ))}
        <button type="button" aria-label={t('phoneErase')} onClick={erase}>
          ⌫
        </button>
      </div>
      <div className="choices">
        <button
          type="button"
          className="secondary"
          onClick={() => props.onDone(null)}
          data-testid="phone-none"
        >
          {t('phoneNone')}
        </button>
        <button
          type="button"
          className="primary"
          disabled={!isPhone(text)}
          onClick={() => props.onDone(text)}
          data-testid="phone-done"
        >
          {t('phoneDone')}
        </button>
      </div>
    </div>
  );
}
