import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '0'] as const;
const isPhone = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);

/** The buyer's phone number on large keys; optional. */
export function PhoneEntry(props: { phone: string | null; onDone: (phone: string | null) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(props.phone ?? '+7');
  const type = (key: string): void =>
    setText((before) => (before + key).replace(/(?!^)\+/g, '').slice(0, 16));
  const erase = (): void => setText((before) => before.slice(0, -1));
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (/^[\d+]$/.test(event.key)) type(event.key);
      else if (event.key === 'Backspace') erase();
      else if (event.key === 'Escape') props.onDone(props.phone);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  return (
    <div className="full" role="dialog" aria-label={t('phone')} data-testid="phone-entry">
      <h1>{t('phone')}</h1>
      <p>{t('phoneWhy')}</p>
      <output className="phone" aria-live="polite">
        {text}
      </output>
      <div className="keypad">
        {keys.map((key) => (
          <button key={key} type="button" className="secondary" onClick={() => type(key)}>
            {key}
          </button>
        ))}
        <button type="button" className="secondary" aria-label={t('phoneErase')} onClick={erase}>
          ⌫
        </button>
      </div>
      {!isPhone(text) && text.length > 2 && <p role="status">{t('phoneShort')}</p>}
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
