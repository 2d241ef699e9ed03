import { runDukptAesCases, runLuhnCases } from '@bivak/card/conformance';
import { caseKinds as fiscalKinds, runCases as runFiscalCases } from '@bivak/fiscal/conformance';
import { runCases as runIso8583Cases } from '@bivak/iso8583/conformance';

/** What a run over one file found: how many cases passed, and a line for each that failed. */
export interface CaseRun {
  passed: number;
  failed: string[];
  /** What the file holds beside that no part of Bivak reads yet: counted neither way. */
  notRun?: string[];
}

export type Runner = (content: object) => CaseRun;

/** The runner for a file's shape, or undefined if no part of Bivak reads it yet. One right case is enough to know it. */
export function runnerFor(content: object): Runner | undefined {
  const one = content as Readonly<Record<string, unknown>>;
  if ('specs' in one || hasMember(one.cases, 'spec')) return runIso8583Cases;
  if (fiscalKinds.some((kind) => kind in one)) return runFiscalCases;
  if (hasMember(one.sets, 'bdkType')) return runDukptAesCases;
  if (hasMember(one.cases, 'luhnValid')) return runLuhnCases;
  return undefined;
}

function hasMember(list: unknown, name: string): boolean {
  return (
    Array.isArray(list) &&
    list.some((item: unknown) => typeof item === 'object' && item !== null && name in item)
  );
}
