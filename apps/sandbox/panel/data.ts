import { sandboxApi } from '@bivak/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';

const refreshMs = 1_000;

/** A request to the sandbox that did not do what it should; `message` is the problem document's detail. */
export class SandboxError extends Error {}

async function call<Schema extends z.ZodType>(
  method: string,
  path: string,
  schema: Schema,
  body?: unknown,
): Promise<z.infer<Schema>> {
  const init: RequestInit = { method };
  if (body !== undefined)
    Object.assign(init, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const answer = await fetch(path, init);
  const json: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new SandboxError(String((json as { detail?: unknown }).detail ?? answer.status));
  return schema.parse(json);
}

function useRead<Schema extends z.ZodType>(path: string, schema: Schema) {
  return useQuery<z.infer<Schema>>({
    queryKey: [path],
    queryFn: () => call('GET', path, schema),
    refetchInterval: refreshMs,
  });
}

const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });
const till = z.object({ tillId: z.string(), url: z.string() });
const storyEvent = z.object({ at: z.string(), text: z.string() });

export const useClock = () => useRead('/v1/clock', sandboxApi.clockState);
export const useTills = () => useRead('/v1/tills', list(till));
export const useLinks = () => useRead('/v1/link', list(sandboxApi.linkState));
export const useBanks = () => useRead('/v1/banks', list(sandboxApi.bankState));
export const useLedger = (bankId: string) =>
  useRead(`/v1/banks/${bankId}/ledger`, list(sandboxApi.ledgerEntry));
export const useAccounts = () => useRead('/v1/accounts', list(sandboxApi.walletCard));
export const useSms = () => useRead('/v1/sms', list(sandboxApi.sms));
export const useProcesses = () => useRead('/v1/processes', list(sandboxApi.processState));
export const useFiscalDocuments = () =>
  useRead('/v1/fiscal-operator/documents', list(sandboxApi.fiscalDocument));
export const useStory = () => useRead('/v1/story', list(storyEvent));

/** Changes something in the world; everything on the screen is read again afterwards. */
export function useChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: { method: 'PUT' | 'POST'; path: string; body: unknown }) =>
      call(change.method, change.path, z.unknown(), change.body),
    onSettled: () => client.invalidateQueries(),
  });
}
export type Change = ReturnType<typeof useChange>;
