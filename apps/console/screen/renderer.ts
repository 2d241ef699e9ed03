import type { Renderer } from '@bivak/messages';
import { useRenderer as useScreenRenderer } from '@bivak/screen';
import { useCallback } from 'react';
import { useBanks } from './data.ts';

/** Says facts in the screen's language and the site's time zone, with the banks' names (their ids until they are known). */
export function useRenderer(
  options: { currency?: string | undefined; nowMs?: number | undefined } = {},
): Renderer {
  const { localName } = useScreenRenderer();
  const banks = useBanks().data?.items;
  const nameOfBank = useCallback(
    (bankId: string) => {
      const name = banks?.find((bank) => bank.bankId === bankId)?.name;
      return name === undefined ? bankId : localName(name);
    },
    [banks, localName],
  );
  return useScreenRenderer({ ...options, nameOfBank });
}
