import { dataEncryptionKey, deriveInitialKey, transactionKey } from './dukpt.ts';
import { luhnValid } from './pan.ts';

interface CaseRun {
  passed: number;
  failed: string[];
  notRun: string[];
}
type Named = Readonly<Record<string, unknown>>;

const namedIn = (value: unknown): Named =>
  typeof value === 'object' && value !== null ? (value as Named) : {};
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function compare(run: CaseRun, name: string, got: string, expected: unknown): void {
  if (got.toLowerCase() === String(expected).toLowerCase()) run.passed++;
  else run.failed.push(`${name}: expected ${String(expected)}, got ${got}`);
}

function text(from: Named, name: string): string {
  const value = from[name];
  if (typeof value !== 'string')
    throw new Error(`expected "${name}", got ${JSON.stringify(value) ?? 'nothing'}`);
  return value;
}

/** Does the work; what it throws is a failed case of that name. */
function attempt(run: CaseRun, name: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    run.failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** AES DUKPT sample values: the sets with an AES-128 base key (the others name key types that no reader here has). */
export function runDukptAesCases(content: object): CaseRun {
  const run: CaseRun = { passed: 0, failed: [], notRun: [] };
  for (const [index, vectorCase] of listIn(namedIn(content).sets).entries()) {
    const set = namedIn(vectorCase);
    const name = `set ${index}`;
    if (set.bdkType !== 'AES-128')
      run.notRun.push(
        `${name}: no reader here has a base key of type ${JSON.stringify(set.bdkType) ?? 'none'}`,
      );
    else attempt(run, name, () => runSet(run, set, name));
  }
  return run;
}

function runSet(run: CaseRun, set: Named, name: string): void {
  const bdk = text(set, 'bdk');
  if (!/^[0-9a-fA-F]{32}$/.test(bdk)) throw new Error('"bdk" has to be 16 bytes in hex');
  const initialKeyId = text(set, 'initialKeyId');
  const initialKey = deriveInitialKey(Buffer.from(bdk, 'hex'), initialKeyId);
  if (set.ik !== undefined)
    compare(run, `initial key of ${initialKeyId}`, initialKey.toString('hex'), set.ik);
  for (const [index, vectorCase] of listIn(set.cases).entries()) {
    const fields = namedIn(vectorCase);
    attempt(run, `${name}, case ${index}`, () => {
      const ksn = text(fields, 'ksn');
      const key = transactionKey(initialKey, ksn);
      const dataKey = dataEncryptionKey(key, ksn);
      if (fields.txnKey !== undefined)
        compare(run, `transaction key of ${ksn}`, key.toString('hex'), fields.txnKey);
      if (fields.data_aes128_key !== undefined)
        compare(run, `data key of ${ksn}`, dataKey.toString('hex'), fields.data_aes128_key);
    });
  }
}

/** Card numbers and whether their check digit is right. */
export function runLuhnCases(content: object): CaseRun {
  const run: CaseRun = { passed: 0, failed: [], notRun: [] };
  for (const [index, vectorCase] of listIn(namedIn(content).cases).entries()) {
    attempt(run, `case ${index}`, () => {
      const fields = namedIn(vectorCase);
      const pan = text(fields, 'pan');
      compare(run, `test number ending ${pan.slice(-4)}`, String(luhnValid(pan)), fields.luhnValid);
    });
  }
  return run;
}
