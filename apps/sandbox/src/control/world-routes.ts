import { sandboxApi } from '@bivak/contracts';
import { Problem, tillId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { jsonLines } from '../bank-mind/day-file.ts';
import { listOf, type SendToAdmin } from './admin.ts';
import type { Controlled } from './controlled.ts';

const cardName = z.object({ card: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'a card’s name') });
const bankName = z.object({ bank: z.string() });
const tillName = z.object({ till: tillId });
const done = z.looseObject({});

/** What happens outside the business: cards, links, banks, accounts, messages, the fiscal operator. */
export function addWorldRoutes(server: ApiServer, controlled: Controlled): void {
  addTillRoutes(server, controlled);
  addBankRoutes(server, controlled);
  addAccountRoutes(server, controlled);
  addArchiveRoutes(server, controlled);
}

function addTillRoutes(server: ApiServer, { sendToAdmin, tills }: Controlled): void {
  const known = (id: string): string => {
    if (tills.some((till) => till.tillId === id)) return id;
    throw new Problem('unknown-till', { tillId: id, known: tills.map((till) => till.tillId) });
  };
  server.get(
    '/v1/tills',
    {
      schema: {
        summary: 'The tills and where they answer',
        response: { 200: listOf(sandboxApi.tillAddress) },
      },
    },
    () => ({ items: [...tills] }),
  );
  server.post(
    '/v1/reader/:till/present',
    {
      schema: { summary: 'Hold a test card to a till’s reader', params: tillName, body: sandboxApi.present },
    },
    ({ params, body }) =>
      sendToAdmin(`reader-${known(params.till)}`, done, { method: 'POST', path: '/v1/present', body }),
  );
  server.get(
    '/v1/link',
    { schema: { summary: 'The tills’ radio links', response: { 200: listOf(sandboxApi.linkState) } } },
    () => sendToAdmin('radio-link', listOf(sandboxApi.linkState), { method: 'GET', path: '/v1/link' }),
  );
  server.put(
    '/v1/link/:till',
    {
      schema: {
        summary: 'Switch a till’s radio link, or let it follow a model or a recording',
        params: tillName,
        body: sandboxApi.linkSetting,
      },
      bodyLimit: 16_777_216, // a recording of hours
    },
    ({ params, body }) =>
      sendToAdmin('radio-link', done, { method: 'PUT', path: `/v1/link/${known(params.till)}`, body }),
  );
}

function addBankRoutes(server: ApiServer, { sendToAdmin, banks }: Controlled): void {
  const known = (id: string): string => {
    if (banks.has(id)) return id;
    throw new Problem('unknown-bank', { bankId: id, known: [...banks.keys()] });
  };
  const stateOf = async (bankId: string): Promise<z.infer<typeof sandboxApi.bankState>> => {
    const name = banks.get(known(bankId))!;
    const setting = await sendToAdmin(`bank-${bankId}`, sandboxApi.bankSettingState, {
      method: 'GET',
      path: '/v1/setting',
    });
    return { bankId, name, ...setting };
  };
  server.get(
    '/v1/banks',
    { schema: { summary: 'The banks and how they behave', response: { 200: listOf(sandboxApi.bankState) } } },
    async () => ({ items: await Promise.all([...banks.keys()].map(stateOf)) }),
  );
  server.get(
    '/v1/banks/:bank',
    { schema: { summary: 'One bank', params: bankName, response: { 200: sandboxApi.bankState } } },
    ({ params }) => stateOf(params.bank),
  );
  server.put(
    '/v1/banks/:bank',
    {
      schema: {
        summary: 'Let a bank work, be down, be silent, or block our account; and give it a mind',
        params: bankName,
        body: sandboxApi.bankSetting,
        response: { 200: sandboxApi.bankState },
      },
    },
    async ({ params, body }) => {
      await sendToAdmin(`bank-${known(params.bank)}`, done, { method: 'PUT', path: '/v1/setting', body });
      return stateOf(params.bank);
    },
  );
  server.get(
    '/v1/banks/:bank/ledger',
    {
      schema: {
        summary: 'A bank’s own books',
        params: bankName,
        response: { 200: listOf(sandboxApi.ledgerEntry) },
      },
    },
    ({ params }) =>
      sendToAdmin(`bank-${known(params.bank)}`, listOf(sandboxApi.ledgerEntry), {
        method: 'GET',
        path: '/v1/ledger',
      }),
  );
  addDayFileRoute(server, sendToAdmin, known);
}

/** What a bank denies on the wire, its day file shows. */
function addDayFileRoute(server: ApiServer, sendToAdmin: SendToAdmin, known: (id: string) => string): void {
  server.get(
    '/v1/banks/:bank/day-file',
    {
      schema: {
        summary:
          'What has really moved at a bank, on one of its business days or on all: one JSON object a line',
        params: bankName,
        querystring: sandboxApi.dayFileQuery,
      },
    },
    async ({ params, query: { date } }, reply) => {
      const path = `/v1/day-file${date === undefined ? '' : `?date=${date}`}`;
      const lines = listOf(sandboxApi.dayFileLine);
      const { items } = await sendToAdmin(`bank-${known(params.bank)}`, lines, { method: 'GET', path });
      return reply.type('application/x-ndjson').send(jsonLines(items));
    },
  );
}

function addAccountRoutes(server: ApiServer, { sendToAdmin }: Controlled): void {
  server.get(
    '/v1/accounts',
    {
      schema: {
        summary: 'The test cards and their accounts',
        response: { 200: listOf(sandboxApi.walletCard) },
      },
    },
    () => sendToAdmin('issuers', listOf(sandboxApi.walletCard), { method: 'GET', path: '/v1/accounts' }),
  );
  server.put(
    '/v1/accounts/:card',
    {
      schema: {
        summary: 'Set a card’s balance or what its issuer answers',
        params: cardName,
        body: sandboxApi.accountSetting,
        response: { 200: sandboxApi.walletCard },
      },
    },
    ({ params, body }) =>
      sendToAdmin('issuers', sandboxApi.walletCard, {
        method: 'PUT',
        path: `/v1/accounts/${params.card}`,
        body,
      }),
  );
}

function addArchiveRoutes(server: ApiServer, { sendToAdmin }: Controlled): void {
  server.get(
    '/v1/sms',
    { schema: { summary: 'The SMS centre’s own log', response: { 200: listOf(sandboxApi.sms) } } },
    () => sendToAdmin('sms-centre', listOf(sandboxApi.sms), { method: 'GET', path: '/v1/sms' }),
  );
  server.get(
    '/v1/fiscal-operator/documents',
    {
      schema: {
        summary: 'The fiscal operator’s own archive',
        response: { 200: listOf(sandboxApi.fiscalDocument) },
      },
    },
    () =>
      sendToAdmin('fiscal-operator', listOf(sandboxApi.fiscalDocument), {
        method: 'GET',
        path: '/v1/documents',
      }),
  );
}
