import { dataEncryptionKey, deriveInitialKey, transactionKey } from './dukpt.ts';
import { luhnValid } from './pan.ts';

interface CaseRun {
  passed: number;
  failed: string[];
}

interface DukptSet {
  bdkType: string;
  bdk: string;
  initialKeyId: string;
  ik: string;
  cases: { ksn: string; txnKey?: string; data_aes128_key?: string }[];
}

function compare(run: CaseRun, name: string, got: string, expected: string | undefined): void {
  if (expected === undefined) return;
  if (got.toLowerCase() === expected.toLowerCase()) run.passed++;
  else run.failed.push(`${name}: expected ${expected}, got ${got}`);
}

/** AES DUKPT sample values: the sets with an AES-128 base key (the others name key types that no reader here has). */
export function runDukptAesCases(content: unknown): CaseRun {
  const run: CaseRun = { passed: 0, failed: [] };
  const { sets } = content as { sets: DukptSet[] };
  for (const set of sets.filter(({ bdkType }) => bdkType === 'AES-128')) {
    const initialKey = deriveInitialKey(Buffer.from(set.bdk, 'hex'), set.initialKeyId);
    compare(run, `initial key of ${set.initialKeyId}`, initialKey.toString('hex'), set.ik);
    for (const { ksn, txnKey, data_aes128_key } of set.cases) {
      const key = transactionKey(initialKey, ksn);
      compare(run, `transaction key of ${ksn}`, key.toString('hex'), txnKey);
      compare(run, `data key of ${ksn}`, dataEncryptionKey(key, ksn).toString('hex'), data_aes128_key);
    }
  }
  return run;
}

/** Card numbers and whether their check digit is right. */
export function runLuhnCases(content: unknown): CaseRun {
  const run: CaseRun = { passed: 0, failed: [] };
  for (const { pan, luhnValid: expected } of (content as { cases: { pan: string; luhnValid: boolean }[] })
    .cases) {
    compare(run, `test number ending ${pan.slice(-4)}`, String(luhnValid(pan)), String(expected));
  }
  return run;
}
