import type { Renderer } from '@bivak/messages';
import { useLanguage, useRenderer as useScreenRenderer } from '@bivak/screen';
import { useCallback } from 'react';
import { useBanks } from './data.ts';

/** Says facts in the screen's language and the site's time zone, with the banks' names (their ids until they are known). */
export function useRenderer(
  options: { currency?: string | undefined; nowMs?: number | undefined } = {},
): Renderer {
  const language = useLanguage();
  const banks = useBanks().data?.items;
  const nameOfBank = useCallback(
    (bankId: string) => banks?.find((bank) => bank.bankId === bankId)?.name[language] ?? bankId,
    [banks, language],
  );
  return useScreenRenderer({ ...options, nameOfBank });
}
