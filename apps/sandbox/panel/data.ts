import { sandboxApi } from '@bivak/contracts';
import type { LocalName } from '@bivak/domain';
import { type ProblemFacts, problemFactsOf } from '@bivak/domain';
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';

const refreshMs = 1_000;
/** Lists that grow long are read less often. */
const slowRefreshMs = 3_000;

/** A request to the sandbox that did not do what it should: the problem that it answered, if it answered one. */
export class SandboxError extends Error {
  readonly problem: ProblemFacts | 'sandbox-unreachable' | 'unexpected';
  constructor(problem: SandboxError['problem']) {
    super(typeof problem === 'string' ? problem : problem.code);
    this.problem = problem;
  }
}

async function call<Schema extends z.ZodType>(
  method: string,
  path: string,
  schema: Schema,
  body?: unknown,
): Promise<z.infer<Schema>> {
  const init: RequestInit = { method };
  if (body !== undefined)
    Object.assign(init, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const answer = await fetch(path, init).catch(() => {
    throw new SandboxError('sandbox-unreachable');
  });
  const json: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new SandboxError(problemFactsOf(json) ?? 'unexpected');
  return schema.parse(json);
}

function useRead<Schema extends z.ZodType>(path: string, schema: Schema, everyMs = refreshMs) {
  return useQuery<z.infer<Schema>>({
    queryKey: [path],
    queryFn: () => call('GET', path, schema),
    refetchInterval: everyMs,
  });
}

const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

export const useClock = () => useRead('/v1/clock', sandboxApi.clockState);
export const useTills = () => useRead('/v1/tills', list(sandboxApi.tillAddress));
export const useLinks = () => useRead('/v1/link', list(sandboxApi.linkState));
const bankPath = (bankId: string): string => `/v1/banks/${bankId}`;
/** Each bank is read by itself: one whose plug is pulled leaves the others to be seen. */
export const useBank = (bankId: string) => useRead(bankPath(bankId), sandboxApi.bankState);
export const useLedger = (bankId: string) =>
  useRead(`/v1/banks/${bankId}/ledger`, list(sandboxApi.ledgerEntry), slowRefreshMs);
export const useAccounts = () => useRead('/v1/accounts', list(sandboxApi.walletCard));
export const useSms = () => useRead('/v1/sms', list(sandboxApi.sms));
export const useProcesses = () => useRead('/v1/processes', list(sandboxApi.processState));
export const useFiscalDocuments = () =>
  useRead('/v1/fiscal-operator/documents', list(sandboxApi.fiscalDocument), slowRefreshMs);
export const useScenario = () => useRead('/v1/scenario', sandboxApi.scenario, slowRefreshMs);

/** The banks of this sandbox, by the processes that run. */
export function useBankIds(): string[] | undefined {
  const { data } = useProcesses();
  return data?.items.flatMap(({ name }) => /^bank-(.+)$/.exec(name)?.[1] ?? []);
}

/** The banks' names, by their ids, as far as the banks answer. */
export function useBankNames(): ReadonlyMap<string, LocalName> {
  const bankIds = useBankIds() ?? [];
  return useQueries({
    queries: bankIds.map((bankId) => ({
      queryKey: [bankPath(bankId)],
      queryFn: () => call('GET', bankPath(bankId), sandboxApi.bankState),
    })),
    combine: namesOf,
  });
}

const namesOf = (banks: { data: z.infer<typeof sandboxApi.bankState> | undefined }[]) =>
  new Map(banks.flatMap(({ data }) => (data === undefined ? [] : [[data.bankId, data.name] as const])));

/** Something to be changed in the world. */
export interface Change {
  method: 'PUT' | 'POST';
  path: string;
  body: unknown;
}

/** Changes something in the world; everything on the screen is read again afterwards. */
export function useChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => call(change.method, change.path, z.unknown(), change.body),
    onSettled: () => client.invalidateQueries(),
  });
}
