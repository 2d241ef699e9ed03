import { runDukptAesCases, runLuhnCases } from '@bivak/card/conformance';
import { runCases as runFiscalCases } from '@bivak/fiscal/conformance';
import { runCases as runIso8583Cases } from '@bivak/iso8583/conformance';

/** What a run over one file found: how many cases passed, and a line for each that failed. */
export interface CaseRun {
  passed: number;
  failed: string[];
}

type Runner = (content: unknown) => CaseRun;

const fiscalKeys = [
  'kkt_registration_number',
  'session_header',
  'tlv_documents',
  'archive_short_documents',
  'crc16_ccitt_false',
  'fvln',
];

/** The runner for a file's shape, or undefined where no part of Bivak reads it yet. */
export function runnerFor(content: unknown): Runner | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  if ('specs' in content && 'cases' in content) return runIso8583Cases;
  if (fiscalKeys.some((key) => key in content)) return runFiscalCases;
  if ('sets' in content && 'ksnAdvance' in content && JSON.stringify(content).includes('"AES-128"'))
    return runDukptAesCases;
  if ('cases' in content && Array.isArray(content.cases) && content.cases.every((one) => 'luhnValid' in one))
    return runLuhnCases;
  return undefined;
}
