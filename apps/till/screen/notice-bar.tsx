import { useTranslation } from 'react-i18next';
import type { Notice } from './selling.ts';

/** A message to the cashier at the foot of the screen, until it is touched. */
export function NoticeBar({ notice, onDismiss }: { notice: Notice; onDismiss: () => void }) {
  const { t } = useTranslation('till');
  return (
    <div className="notice" role="alert" data-testid="notice">
      <span>
        {typeof notice === 'string'
          ? t(`notice.${notice}`)
          : t('unknownBarcode', { code: notice.unknownBarcode })}
      </span>
      <button type="button" className="plain" onClick={onDismiss}>
        {t('dismiss')}
      </button>
    </div>
  );
}
