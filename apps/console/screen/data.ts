import { hostApi } from '@bivak/contracts';
import { keepPreviousData, type UseQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { z } from 'zod';

/** How often a list is read again while it is on the screen. */
const refreshMs = 1_500;

const settings = z.object({
  sandboxUrl: z.string().nullable(),
  timeZone: z.string().nullable(),
  tills: z.array(z.object({ tillId: z.string(), url: z.string() })),
});

/** Reads one address of the host (through the console's server) and checks its shape. Throws where it does not answer. */
async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  const answer = await fetch(path);
  if (!answer.ok) throw new ReadError(answer.status);
  return schema.parse(await answer.json());
}

export class ReadError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the host answered ${status}`);
    this.status = status;
  }
}

function useRead<Schema extends z.ZodType>(path: string, schema: Schema): UseQueryResult<z.infer<Schema>> {
  return useQuery<z.infer<Schema>>({
    queryKey: [path],
    queryFn: () => read(path, schema),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

const query = (values: Record<string, string | undefined>): string => {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

export interface PaymentFilter {
  state?: string | undefined;
  tillId?: string | undefined;
  search?: string | undefined;
}

/** Times are shown in the site's zone: it is known before the first page is. */
export async function learnTimeZone(): Promise<void> {
  const known = await read('/settings.json', settings).catch(() => undefined);
  if (known?.timeZone != null) document.documentElement.dataset.timeZone = known.timeZone;
}

/** Payments, the newest first, a page at a time. */
export function usePayments(filter: PaymentFilter) {
  return useInfiniteQuery({
    queryKey: ['payments', filter],
    queryFn: ({ pageParam }) =>
      read(`/api/v1/payments${query({ ...filter, cursor: pageParam, limit: '50' })}`, hostApi.paymentList),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

export const usePayment = (id: string) =>
  useRead(`/api/v1/payments/${encodeURIComponent(id)}`, hostApi.paymentDetail);
export const useDebts = (state?: string) =>
  useRead(`/api/v1/debts${query({ state, limit: '200' })}`, hostApi.debtList);
export const useStopList = () => useRead('/api/v1/stop-list', hostApi.stopList);
export const useTills = () => useRead('/api/v1/tills', hostApi.tillList);
export const useBanks = () => useRead('/api/v1/banks', hostApi.bankList);
export const useMoney = () => useRead('/api/v1/money', hostApi.money);
export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: () => read('/settings.json', settings),
    staleTime: Number.POSITIVE_INFINITY,
  });
