import { tillApi } from '@bivak/contracts';
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';

/** The till answered with a problem document: its HTTP status and `code`; the message is the till's English. */
export class TillError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Asks the till. Throws {@link TillError} where it refuses, any other Error where it cannot be reached. */
async function ask<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  body?: unknown,
): Promise<z.infer<Schema>> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(path, init);
  const json: unknown = await answer.json();
  if (answer.ok) return schema.parse(json);
  const { code = 'unknown', detail = String(answer.status) } = json as { code?: string; detail?: string };
  throw new TillError(answer.status, code, detail);
}

export const sell = (sale: tillApi.NewSale): Promise<tillApi.Sale> => ask('/v1/sales', tillApi.sale, sale);
export const saleById = (saleId: string): Promise<tillApi.Sale> =>
  ask(`/v1/sales/${encodeURIComponent(saleId)}`, tillApi.sale);
export const cancelCard = (): Promise<unknown> => ask('/v1/card-prompt/cancel', z.unknown(), {});
export const printReport = (shift: 'current' | 'all'): Promise<unknown> =>
  ask(`/v1/reports/items/print?shift=${shift}`, z.unknown(), {});
export const printCopy = (saleId: string): Promise<unknown> =>
  ask(`/v1/sales/${saleId}/print`, z.unknown(), {});

export function useStatus(isPaying: boolean) {
  return useQuery({
    queryKey: ['status'],
    queryFn: () => ask('/v1/status', tillApi.tillStatus),
    refetchInterval: isPaying ? 150 : 1_000,
  });
}

export function useCatalogue() {
  return useQuery({
    queryKey: ['catalogue'],
    queryFn: () => ask('/v1/catalogue', tillApi.catalogue),
    refetchInterval: (query) => (query.state.data === undefined ? 500 : 60_000),
  });
}

export function useReport(shift: 'current' | 'all') {
  return useQuery({
    queryKey: ['report', shift],
    queryFn: () => ask(`/v1/reports/items?shift=${shift}`, tillApi.itemReport),
  });
}

export function useSales() {
  return useQuery({
    queryKey: ['sales'],
    queryFn: () => ask('/v1/sales', z.object({ items: z.array(tillApi.sale) })),
    refetchInterval: 2_000,
  });
}
