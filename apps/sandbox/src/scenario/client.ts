import { hostApi, sandboxApi, tillApi } from '@bivak/contracts';
import { problemDocument } from '@bivak/domain';
import { z } from 'zod';

/** The HTTP APIs through which the scenario is played; it has no other way to anything. */
export interface ScenarioClient {
  sandbox: SandboxClient;
  host: HostClient;
  till(tillId: string): TillClient;
  tillIds: readonly string[];
}

/** Real time: an API on this machine that does not answer in so long is broken (a sale may wait for a bank for seconds). */
const MAX_ANSWER_MS = 30_000;

const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });
const anything = z.unknown();

/** An answer that is not what was hoped for; `status` 0 means that nobody answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function send<Schema extends z.ZodType>(
  base: string,
  schema: Schema,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: unknown,
): Promise<z.infer<Schema>> {
  const answer = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(MAX_ANSWER_MS),
  }).catch((error: Error) => {
    throw new ApiError(0, 'no-answer', `${method} ${base}${path}: ${String(error.cause ?? error.message)}`);
  });
  const json: unknown = await answer.json();
  if (!answer.ok) {
    const problem = problemDocument.safeParse(json);
    const { code, detail } = problem.success ? problem.data : { code: 'unknown', detail: '' };
    throw new ApiError(answer.status, code, `${method} ${path}: ${answer.status} ${code}: ${detail}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new Error(
      `${method} ${path} answered what its contract does not say: ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}

function sandboxClient(base: string) {
  return {
    present: (tillId: string, card: string) =>
      send(base, anything, 'POST', `/v1/reader/${tillId}/present`, { card }),
    setLink: (tillId: string, setting: sandboxApi.LinkSetting) =>
      send(base, anything, 'PUT', `/v1/link/${tillId}`, setting),
    links: async () => (await send(base, listOf(sandboxApi.linkState), 'GET', '/v1/link')).items,
    setBank: (bankId: string, mode: sandboxApi.BankMode) =>
      send(base, sandboxApi.bankState, 'PUT', `/v1/banks/${bankId}`, { mode }),
    banks: async () => (await send(base, listOf(sandboxApi.bankState), 'GET', '/v1/banks')).items,
    ledger: async (bankId: string) =>
      (await send(base, listOf(sandboxApi.ledgerEntry), 'GET', `/v1/banks/${bankId}/ledger`)).items,
    accounts: async () => (await send(base, listOf(sandboxApi.walletCard), 'GET', '/v1/accounts')).items,
    setAccount: (card: string, setting: z.infer<typeof sandboxApi.accountSetting>) =>
      send(base, sandboxApi.walletCard, 'PUT', `/v1/accounts/${card}`, setting),
    clock: () => send(base, sandboxApi.clockState, 'GET', '/v1/clock'),
    changeClock: (change: z.infer<typeof sandboxApi.clockChange>) =>
      send(base, sandboxApi.clockState, 'POST', '/v1/clock', change),
    sms: async () => (await send(base, listOf(sandboxApi.sms), 'GET', '/v1/sms')).items,
    fiscalDocuments: async () =>
      (await send(base, listOf(sandboxApi.fiscalDocument), 'GET', '/v1/fiscal-operator/documents')).items,
    process: (name: string, action: 'kill' | 'start') =>
      send(base, sandboxApi.processState, 'POST', `/v1/processes/${name}`, { action }),
  };
}
export type SandboxClient = ReturnType<typeof sandboxClient>;

function hostClient(base: string) {
  return {
    work: () => send(base, hostApi.work, 'GET', '/v1/work'),
    payments: async () => (await send(base, hostApi.paymentList, 'GET', '/v1/payments?limit=500')).items,
    debts: async () => (await send(base, hostApi.debtList, 'GET', '/v1/debts?limit=200')).items,
    stopList: () => send(base, hostApi.stopList, 'GET', '/v1/stop-list'),
  };
}
export type HostClient = ReturnType<typeof hostClient>;

function tillClient(base: string) {
  return {
    sell: (sale: tillApi.NewSale) => send(base, tillApi.sale, 'POST', '/v1/sales', sale),
    itemReport: () => send(base, tillApi.itemReport, 'GET', '/v1/reports/items?shift=all'),
    status: () => send(base, tillApi.tillStatus, 'GET', '/v1/status'),
    catalogue: () => send(base, tillApi.catalogue, 'GET', '/v1/catalogue'),
  };
}
export type TillClient = ReturnType<typeof tillClient>;

/** Clients of everything, from the sandbox's own API: it knows where the rest is. */
export async function connectScenario(sandboxUrl: string): Promise<ScenarioClient> {
  const tills = (await send(sandboxUrl, listOf(sandboxApi.tillAddress), 'GET', '/v1/tills')).items;
  const processes = (await send(sandboxUrl, listOf(sandboxApi.processState), 'GET', '/v1/processes')).items;
  const hostUrl = processes.find(({ name }) => name === 'host')?.url;
  if (hostUrl === undefined || hostUrl === null) throw new Error('The sandbox has no host.');
  const clients = new Map(tills.map(({ tillId, url }) => [tillId, tillClient(url)]));
  return {
    sandbox: sandboxClient(sandboxUrl),
    host: hostClient(hostUrl),
    till: (tillId) => clients.get(tillId)!,
    tillIds: tills.map(({ tillId }) => tillId),
  };
}

/** What a browser does with the page at an SMS's URL: opens it, finds its form, presses its button. */
export async function requestAttempt(debtUrl: string): Promise<void> {
  const opened = await fetch(debtUrl, { signal: AbortSignal.timeout(MAX_ANSWER_MS) });
  const page = await opened.text();
  if (!opened.ok)
    throw new ApiError(opened.status, 'page', `${debtUrl.replace(/[^/]+$/, '…')}: ${opened.status}`);
  const action = /<form[^>]*\baction="([^"]+)"/i.exec(page)?.[1];
  if (action === undefined) throw new Error('The page at the URL of the SMS has no form to try again.');
  const fields = [...page.matchAll(/<input[^>]*type="hidden"[^>]*>/gi)].map(([input]) => [
    /\bname="([^"]*)"/i.exec(input)?.[1] ?? '',
    /\bvalue="([^"]*)"/i.exec(input)?.[1] ?? '',
  ]);
  const pressed = await fetch(new URL(action, opened.url), {
    method: 'POST',
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(MAX_ANSWER_MS),
  });
  if (!pressed.ok) throw new ApiError(pressed.status, 'page', `trying again answered ${pressed.status}`);
  await pressed.body?.cancel();
}
