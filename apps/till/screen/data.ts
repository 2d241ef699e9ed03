import { tillApi } from '@bivak/contracts';
import { type ProblemCode, problemCodes } from '@bivak/domain';
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';

/** The till responded with a problem document; its message is for the log. */
export class TillProblem extends Error {
  readonly status: number;
  /** Null for a code that this screen does not know. */
  readonly code: ProblemCode | null;

  constructor(status: number, code: ProblemCode | null, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const problem = z.object({ code: z.enum(problemCodes).nullable().catch(null), detail: z.string().catch('') });

/** Sends a request to the till. Throws {@link TillProblem} if it refuses, any other Error if it cannot be reached. */
async function request<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  body?: unknown,
): Promise<z.infer<Schema>> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(path, init);
  const json: unknown = await response.json();
  if (response.ok) return schema.parse(json);
  const { code, detail } = problem.parse(json);
  throw new TillProblem(response.status, code, detail);
}

export const sell = (sale: tillApi.NewSale): Promise<tillApi.Sale> =>
  request('/v1/sales', tillApi.sale, sale);
export const saleById = (saleId: string): Promise<tillApi.Sale> =>
  request(`/v1/sales/${encodeURIComponent(saleId)}`, tillApi.sale);
export const cancelCard = (): Promise<unknown> => request('/v1/card-prompt/cancel', z.unknown(), {});
export const printReport = (shift: 'current' | 'all'): Promise<unknown> =>
  request(`/v1/reports/items/print?shift=${shift}`, z.unknown(), {});
export const printCopy = (saleId: string): Promise<unknown> =>
  request(`/v1/sales/${saleId}/print`, z.unknown(), {});

export function useStatus(isPaying: boolean) {
  return useQuery({
    queryKey: ['status'],
    queryFn: () => request('/v1/status', tillApi.tillStatus),
    refetchInterval: isPaying ? 150 : 1_000,
  });
}

export function useCatalogue() {
  return useQuery({
    queryKey: ['catalogue'],
    queryFn: () => request('/v1/catalogue', tillApi.catalogue),
    refetchInterval: (query) => (query.state.data === undefined ? 500 : 60_000),
  });
}

export function useReport(shift: 'current' | 'all') {
  return useQuery({
    queryKey: ['report', shift],
    queryFn: () => request(`/v1/reports/items?shift=${shift}`, tillApi.itemReport),
  });
}

export function useSales() {
  return useQuery({
    queryKey: ['sales'],
    queryFn: () => request('/v1/sales', z.object({ items: z.array(tillApi.sale) })),
    refetchInterval: 2_000,
  });
}
