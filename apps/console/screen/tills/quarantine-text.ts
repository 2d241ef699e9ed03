import type { hostApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';

type Counted = Pick<hostApi.TillSummary, 'quarantinedEntries' | 'unexplainedEntries'>;

/** How many entries of all tills did not become payments, and what comes of them; undefined if there are none. */
export function quarantineText(tills: readonly Counted[], { t }: Renderer): string | undefined {
  const sum = (of: keyof Counted) => tills.reduce((total, till) => total + till[of], 0);
  const unexplained = sum('unexplainedEntries');
  const toBeExamined = sum('quarantinedEntries') - unexplained;
  const sentences = [
    ...(toBeExamined > 0 ? [t('console:tills.quarantined', { count: toBeExamined })] : []),
    ...(unexplained > 0 ? [t('console:tills.unexplained', { count: unexplained })] : []),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}
