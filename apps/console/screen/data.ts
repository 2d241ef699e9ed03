import { hostApi } from '@bivak/contracts';
import {
  keepPreviousData,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { z } from 'zod';
import { isInFilter, type PaymentFilter, paymentStates } from './payments/filter.ts';
import { ReadError } from './read-error.ts';

/** How often a list is read again while it is on the screen. */
const refreshMs = 1_500;
/** The most that the host gives of a list at once. */
export const maxListLength = '500';

const settings = z.object({
  sandboxUrl: z.string().nullable(),
  timeZone: z.string().nullable(),
  tills: z.array(z.object({ tillId: z.string(), url: z.string() })),
});
const time = z.object({ now: z.iso.datetime() });

/** Reads one address of the console's server and checks its shape. Throws {@link ReadError}. */
async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  const answer = await fetch(path).catch(() => {
    throw new ReadError('console-unreachable');
  });
  if (answer.status === 404) throw new ReadError('not-found');
  if (answer.status === 502) throw new ReadError('host-unreachable');
  const parsed = answer.ok ? schema.safeParse(await answer.json().catch(() => undefined)) : undefined;
  if (parsed?.success !== true) throw new ReadError('unexpected');
  return parsed.data;
}

function useRead<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: { everyMs?: number; isEnabled?: boolean } = {},
): UseQueryResult<z.infer<Schema>> {
  return useQuery<z.infer<Schema>>({
    queryKey: [path],
    queryFn: () => read(path, schema),
    refetchInterval: options.everyMs ?? refreshMs,
    enabled: options.isEnabled ?? true,
  });
}

const query = (values: Record<string, string | undefined>): string => {
  const set = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
};

/** Times are shown in the site's zone: it is known before the first page is. */
export async function learnTimeZone(): Promise<void> {
  const known = await read('/settings.json', settings).catch(() => undefined);
  if (known?.timeZone != null) document.documentElement.dataset.timeZone = known.timeZone;
}

/** The host answers for one state at a time: if several are read together, each has a cursor of its own. */
type Cursors = Record<string, string | undefined>;

/** Payments, the newest first, a page at a time. */
export function usePayments(filter: PaymentFilter, limit = '50') {
  const readPage = async (cursors: Cursors) => {
    const parts = await Promise.all(
      Object.entries(cursors).map(async ([state, cursor]) => {
        const { tillId, search } = filter;
        const path = `/api/v1/payments${query({ state, tillId, search, cursor, limit })}`;
        return { state, ...(await read(path, hostApi.paymentList)) };
      }),
    );
    const items = parts.flatMap((part) => part.items).filter((payment) => isInFilter(filter, payment));
    const open = parts.filter(({ nextCursor }) => nextCursor !== null);
    return {
      items: items.toSorted((a, b) => b.soldAt.localeCompare(a.soldAt)),
      next:
        open.length === 0
          ? undefined
          : Object.fromEntries(open.map((part) => [part.state, part.nextCursor!])),
    };
  };
  return useInfiniteQuery({
    queryKey: ['payments', filter, limit],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: Object.fromEntries(paymentStates(filter).map((state) => [state, undefined])) as Cursors,
    getNextPageParam: (last) => last.next,
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

/** A list of the host's, a page at a time. */
function usePages<Schema extends z.ZodType<{ nextCursor: string | null }>>(
  path: string,
  filter: Record<string, string | undefined>,
  schema: Schema,
) {
  return useInfiniteQuery({
    queryKey: [path, filter],
    queryFn: ({ pageParam }) =>
      read(`${path}${query({ ...filter, cursor: pageParam, limit: '50' })}`, schema),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

export const usePayment = (id: string) =>
  useRead(`/api/v1/payments/${encodeURIComponent(id)}`, hostApi.paymentDetail);
/** Every debt that the host lists: the newest 500. */
export const useDebts = (options: { isEnabled?: boolean } = {}) =>
  useRead(`/api/v1/debts${query({ limit: maxListLength })}`, hostApi.debtList, options);
/** One debt of these; undefined if it is not among them, or not read yet. */
export const useDebt = (id: string | null): hostApi.Debt | undefined =>
  useDebts({ isEnabled: id !== null }).data?.items.find((debt) => debt.id === id);
export const useStopList = () => useRead('/api/v1/stop-list', hostApi.stopList);
/** Whether the host's store is known to be as new as the world. */
export const useStore = () => useRead('/api/v1/store', hostApi.store);
export const useTills = () => useRead('/api/v1/tills', hostApi.tillList);
export const useBanks = () => useRead('/api/v1/banks', hostApi.bankList);
export const useWork = () => useRead('/api/v1/work', hostApi.work);
export const useMoney = () => useRead('/api/v1/money', hostApi.money);
/** What is not accounted for, or what people have decided about it, a page at a time. */
export const useUnaccounted = ({ tillId, state }: { tillId: string | undefined; state: 'open' | 'ended' }) =>
  usePages('/api/v1/unaccounted', { tillId, state }, hostApi.unaccountedList);
/** Entries of journals that were not taken, the newest first, a page at a time. */
export const useRejected = (tillId: string | undefined) =>
  usePages('/api/v1/rejected-entries', { tillId }, hostApi.rejectedList);
/** Alarms of all tills, ended ones included: the newest 500. */
export const useAlarms = () => useRead(alarmsPath, hostApi.alarmList);
const alarmsPath = `/api/v1/alarms${query({ limit: maxListLength })}`;

/** Says to the host that somebody has seen an alarm; the lists that show it are read again. */
export function useAcknowledge() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ alarmId, by }: { alarmId: string; by: string }) => {
      const answer = await fetch(`/api/v1/alarms/${encodeURIComponent(alarmId)}/acknowledgement`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ by }),
      }).catch(() => {
        throw new ReadError('console-unreachable');
      });
      if (answer.status === 502) throw new ReadError('host-unreachable');
      if (!answer.ok) throw new ReadError(answer.status === 404 ? 'not-found' : 'unexpected');
    },
    onSettled: () =>
      Promise.all(
        [alarmsPath, '/api/v1/tills'].map((path) => queries.invalidateQueries({ queryKey: [path] })),
      ),
  });
}

/** The time by the clock of the console's server, in ms; undefined until it is known. */
export function useNowMs(): number | undefined {
  const { data } = useRead('/time.json', time, { everyMs: 5_000 });
  return data === undefined ? undefined : Date.parse(data.now);
}
export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: () => read('/settings.json', settings),
    staleTime: Number.POSITIVE_INFINITY,
    retry: true,
    retryDelay: refreshMs,
  });
