import { readFileSync } from 'node:fs';
import { hostApi } from '@bivak/contracts';
import { storeDecisions } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';
import { type Command, Option } from 'commander';
import { askHost, defaultHostUrl } from './host-client.ts';

/** What kept a command from being done, in words. */
class Fault extends Error {}

interface Decider {
  by: string;
  why: string;
  host: string;
}

/** `bivak host decide-store`, `read-books`, `nothing-debited`: what a person decides after the store was put back. */
export function addStoreDecisions(host: Command, renderer: Renderer): void {
  addDecideStore(host, renderer);
  addReadBooks(host, renderer);
  addNothingDebited(host, renderer);
}

/** A command with who decides and why; it says in one line what kept it from being done. */
function deciding(host: Command, { t }: Renderer, name: 'decide-store' | 'read-books' | 'nothing-debited') {
  return host
    .command(name)
    .description(t(`cli:${name}.about`))
    .requiredOption('--by <name>', t('cli:decide.by'))
    .requiredOption('--why <text>', t('cli:decide.why'))
    .option('--host <url>', t('cli:acknowledge.host'), defaultHostUrl);
}

async function saying(command: string, act: () => Promise<string>): Promise<void> {
  try {
    console.log(await act());
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(`bivak host ${command}: ${error.message}`);
    process.exitCode = 1;
  }
}

/** What reads a value of a known shape. */
interface Reader<Value> {
  safeParse(value: unknown): { success: boolean; data?: Value | undefined };
}

async function ask<Value>(
  request: { host: string; path: string; body?: object },
  reader: Reader<Value>,
  renderer: Renderer,
): Promise<Value> {
  const answer = await askHost(request, renderer);
  if ('fault' in answer) throw new Fault(answer.fault);
  const { data } = reader.safeParse(answer.json);
  if (data !== undefined) return data;
  throw new Fault(renderer.t('cli:acknowledge.unexpected', { host: request.host, status: answer.status }));
}

/** A body as the host takes it; if it is none, it is the name or the reason that is not in order. */
function checked<Value extends object>(reader: Reader<Value>, body: unknown, { t }: Renderer): Value {
  const { data } = reader.safeParse(body);
  if (data !== undefined) return data;
  throw new Fault(t('cli:decide.badWords'));
}

function addDecideStore(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  deciding(host, renderer, 'decide-store')
    .addOption(
      new Option('--decision <decision>', t('cli:decide-store.decision'))
        .choices(storeDecisions)
        .makeOptionMandatory(),
    )
    .action(({ decision, by, why, host: url }: Decider & { decision: string }) =>
      saying('decide-store', async () => {
        const body = checked(hostApi.storeDecisionMade, { decision, by, why }, renderer);
        const path = '/v1/store/decision';
        const { epoch, perhapsDebited } = await ask({ host: url, path, body }, hostApi.store, renderer);
        return t('cli:decide-store.done', { by, decision, epoch, count: perhapsDebited.count });
      }),
    );
}

/** Payments that the host is asked about at once. */
const pageSize = 200;

async function* heldPages(url: string, renderer: Renderer): AsyncGenerator<string[]> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const path: string = `/v1/store/perhaps-debited?limit=${pageSize}&cursor=${encodeURIComponent(cursor)}`;
    const page: hostApi.HeldPaymentList = await ask({ host: url, path }, hostApi.heldPaymentList, renderer);
    if (page.items.length > 0) yield page.items.map(({ paymentId }) => paymentId);
    cursor = page.nextCursor;
  }
}

/** The lines of a bank's day file by the payment that they are about. */
function readDayFile(
  setting: string,
  { t }: Renderer,
): { bankId: string; lines: Map<string, hostApi.BookLine[]> } {
  const [bankId = '', file = ''] = setting.split(/=(.*)/s);
  let texts: string[];
  try {
    texts = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    throw new Fault(t('cli:fault.noFile', { file }));
  }
  const lines = texts.map((text, index) => {
    const { data } = hostApi.dayFileLine.safeParse(jsonOf(text));
    if (data === undefined) throw new Fault(t('cli:read-books.badLine', { file, line: index + 1 }));
    return data;
  });
  const byPayment = Map.groupBy(lines, ({ reference }) => reference);
  return {
    bankId,
    lines: new Map(
      [...byPayment].map(([id, found]) => [id, found.map(({ reference, ...rest }) => ({ bankId, ...rest }))]),
    ),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addReadBooks(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  deciding(host, renderer, 'read-books')
    .requiredOption('--file <bank=file...>', t('cli:read-books.file'))
    .requiredOption('--until <instant>', t('cli:read-books.until'))
    .action(({ by, why, file, until, host: url }: Decider & { file: string[]; until: string }) =>
      saying('read-books', async () => {
        const books = file.map((setting) => readDayFile(setting, renderer));
        const bankIds = books.map(({ bankId }) => bankId);
        const done = { cleared: 0, unclear: [] as string[] };
        for await (const ids of heldPages(url, renderer)) {
          const payments = ids.map((paymentId) => ({
            paymentId,
            lines: books.flatMap(({ lines }) => lines.get(paymentId) ?? []),
          }));
          const body = checked(hostApi.booksRead, { by, why, until, bankIds, payments }, renderer);
          const path = '/v1/store/books';
          const result = await ask({ host: url, path, body }, hostApi.heldResult, renderer);
          done.cleared += result.cleared.length;
          done.unclear.push(...result.unclear);
        }
        return sayResult(done, renderer);
      }),
    );
}

function sayResult({ cleared, unclear }: { cleared: number; unclear: string[] }, { t }: Renderer): string {
  const said = t('cli:read-books.done', { count: cleared });
  if (unclear.length === 0) return said;
  return `${said}\n${t('cli:read-books.unclear', { count: unclear.length, payments: unclear.join(' ') })}`;
}

function addNothingDebited(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  deciding(host, renderer, 'nothing-debited')
    .argument('[payments...]', t('cli:nothing-debited.payments'))
    .option('--all', t('cli:nothing-debited.all'))
    .action((payments: string[], { by, why, all = false, host: url }: Decider & { all?: boolean }) =>
      saying('nothing-debited', async () => {
        if (all === payments.length > 0) throw new Fault(t('cli:nothing-debited.which'));
        const done = { cleared: 0, unclear: [] as string[] };
        for await (const paymentIds of all ? heldPages(url, renderer) : [payments]) {
          const body = checked(hostApi.nothingDebited, { by, why, paymentIds }, renderer);
          const path = '/v1/store/nothing-debited';
          const result = await ask({ host: url, path, body }, hostApi.heldResult, renderer);
          done.cleared += result.cleared.length;
        }
        return sayResult(done, renderer);
      }),
    );
}
