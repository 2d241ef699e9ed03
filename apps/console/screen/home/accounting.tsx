import type { hostApi } from '@bivak/contracts';
import { useRenderer } from '@bivak/screen';
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { unaccountedText } from '../unaccounted/figure-text.ts';

/** The one figure that has to be 0: what was accepted and is not in the books. If it is not, it leads to why. */
export function Accounting({ money }: { money: hostApi.Money }) {
  const { t } = useTranslation('console');
  const renderer = useRenderer();
  const { count, sumMinor } = money.unaccounted;
  const data = { 'data-testid': 'unaccounted', 'data-count': count, 'data-sum-minor': sumMinor };
  const text = unaccountedText(money, renderer);
  if (count === 0)
    return (
      <Text c="dimmed" {...data}>
        {text}
      </Text>
    );
  return (
    <Link to="/unaccounted" search={{}} className="action-item" {...data}>
      <span>{text}</span>
      <span className="action">{t('home.actions.unaccounted')}</span>
    </Link>
  );
}
