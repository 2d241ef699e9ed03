import { useLanguage } from '@bivak/screen';
import { useBanks } from './data.ts';

/** A bank's name in the screen's language; its id until the banks are known. */
export function useBankName(): (bankId: string) => string {
  const language = useLanguage();
  const { data } = useBanks();
  return (bankId) => data?.items.find((bank) => bank.bankId === bankId)?.name[language] ?? bankId;
}
