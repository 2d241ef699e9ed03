import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardReference, deriveInitialKey, sealTrack2 } from '@bivak/card';
import type { Clock, Timer } from '@bivak/clock';
import type { hostApi, sandboxApi } from '@bivak/contracts';
import type { CardMode, DebtState, PaymentState } from '@bivak/domain';
import {
  attach,
  type EntryDraft,
  encodeBatch,
  genesisHash,
  type NewAttachments,
  type SealedEntry,
  sealEntry,
} from '@bivak/journal';
import { applyMessage, emptyStopList, isListed } from '@bivak/stoplist';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../../apps/host/src/host.ts';
import { createKeyFile } from '../../apps/host/src/keys/key-file.ts';
import { stopEmbedded } from '../../apps/host/src/store/index.ts';
import { startIssuers } from '../../apps/sandbox/src/issuers/issuers-server.ts';
import { startSmsCentre } from '../../apps/sandbox/src/sms-centre/sms-centre-server.ts';
import { bankIds, freePort, hostConfig, openBank } from './host/surroundings.ts';

const log = pino({ level: process.env.BIVAK_TEST_LOG ?? 'silent' });
const dayMs = 86_400_000;
const bdk = '0f'.repeat(16);
const referenceKey = '1e'.repeat(32);

/** Real time that can be set ahead: what the sandbox's clock is to processes, in one process. */
function movableClock(): Clock & { advance(byMs: number): void } {
  let offsetMs = Date.parse('2026-11-24T09:00:00Z') - Date.now();
  const timers = new Set<{ atMs: number; fire: () => void; handle: NodeJS.Timeout | undefined }>();
  const nowMs = (): number => Date.now() + offsetMs;
  const arm = (timer: { atMs: number; fire: () => void; handle: NodeJS.Timeout | undefined }): void => {
    clearTimeout(timer.handle);
    const run = (): void => {
      timers.delete(timer);
      timer.fire();
    };
    timer.handle = setTimeout(run, Math.min(2_000_000_000, Math.max(0, timer.atMs - nowMs())));
  };
  return {
    nowMs,
    at(atMs, fire): Timer {
      const timer = { atMs, fire, handle: undefined };
      timers.add(timer);
      arm(timer);
      return {
        cancel: () => {
          clearTimeout(timer.handle);
          timers.delete(timer);
        },
      };
    },
    advance(byMs) {
      offsetMs += byMs;
      for (const timer of [...timers]) arm(timer);
    },
  };
}

const wallet = [
  {
    card: 'rich',
    pan: '4761739001010119',
    balanceMinor: 10_000_000,
    issuerAnswers: 'by-balance',
    phone: null,
  },
  {
    card: 'poor',
    pan: '5413330089020011',
    balanceMinor: 100,
    issuerAnswers: 'by-balance',
    phone: '+79000000001',
  },
  {
    card: 'thief',
    pan: '5413330089600044',
    balanceMinor: 10_000_000,
    issuerAnswers: 'stolen',
    phone: '+79000000002',
  },
].map((card) => ({
  ...card,
  expiry: '4912',
  serviceCode: '201',
  issuerBankId: null,
  label: { ru: card.card, en: card.card },
}));

describe('the host, with real banks, SMS centre and database around it', { timeout: 120_000 }, () => {
  const clock = movableClock();
  const till = generateKeyPairSync('ed25519');
  let folder: string;
  let issuers: Awaited<ReturnType<typeof startIssuers>>;
  let banks: Awaited<ReturnType<typeof openBank>>[];
  let smsc: Awaited<ReturnType<typeof startSmsCentre>>;
  let host: Awaited<ReturnType<typeof startHost>>;
  let config: Parameters<typeof startHost>[0]['config'];
  let chain = { seq: 0, hash: genesisHash };
  let entries: SealedEntry[] = [];
  let sales = 0;
  let taps = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-host-'));
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify(wallet));
    writeFileSync(join(folder, 'passphrase'), 'open sesame');
    createKeyFile(join(folder, 'keys.json'), 'open sesame', {
      baseDerivationKey: bdk,
      cardReferenceKey: referenceKey,
      linkKey: '2d'.repeat(32),
    });
    issuers = await startIssuers({
      config: { port: 0, dataDir: join(folder, 'issuers'), walletFile: join(folder, 'wallet.json') },
      clock,
      log,
    });
    const around = { folder, issuersPort: issuers.port, clock, log };
    banks = await Promise.all(bankIds.map((bankId) => openBank(bankId, around)));
    smsc = await startSmsCentre({
      config: { port: 0, smppPort: 0, dataDir: join(folder, 'smsc'), systemId: 'bivak', password: 'secret' },
      clock,
      log,
    });
    const isoPorts = banks.map(({ isoPort }) => isoPort);
    config = hostConfig({ folder, port: await freePort(), isoPorts, smppPort: smsc.smppPort });
    host = await startHost({ config, clock, log });
  }, 120_000);
  afterAll(async () => {
    await host?.stop();
    await Promise.all([...banks, issuers, smsc].map((part) => part.stop()));
    await stopEmbedded(config.dataDir, { drop: true });
    rmSync(folder, { recursive: true });
  }, 120_000);

  const url = (path: string): string => `http://127.0.0.1:${config.port}${path}`;
  const read = async <Answer>(path: string): Promise<Answer> =>
    (await (await fetch(url(path))).json()) as Answer;
  const admin = async <Answer>(
    port: number,
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer> => {
    const options =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...options });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
    for (let waits = 0; !(await isTrue()); waits++) {
      if (waits > 2_000) throw new Error(`it did not come true: ${isTrue}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const payment = (id: string) => read<hostApi.PaymentDetail>(`/v1/payments/${id}`);
  const becomes = (id: string, state: PaymentState) => until(async () => (await payment(id)).state === state);
  const debt = async (id: string) =>
    (await read<{ items: hostApi.Debt[] }>('/v1/debts')).items.find(({ paymentId }) => paymentId === id);
  const debtBecomes = (id: string, state: DebtState) => until(async () => (await debt(id))?.state === state);
  const sms = async () => (await admin<{ items: sandboxApi.Sms[] }>(smsc.port, 'GET', '/v1/sms')).items;
  const ledgers = async () =>
    (
      await Promise.all(
        banks.map(({ port }) => admin<{ items: sandboxApi.LedgerEntry[] }>(port, 'GET', '/v1/ledger')),
      )
    ).flatMap(({ items }) => items);
  const seal = (draft: EntryDraft, beside: NewAttachments = {}): void => {
    const sealed = sealEntry(
      draft,
      chain,
      { tillId: 'till-1', at: new Date(clock.nowMs()).toISOString(), timeZone: 'Europe/Moscow' },
      till.privateKey,
      beside,
    );
    chain = sealed.place;
    const { payload, signature, attachments } = sealed;
    entries.push({ payload, signature, attachments });
  };
  const sell = (card: string, requestedMode: CardMode = 'offline', totalMinor = 50_000): string => {
    const id = `till-1-${String(++sales).padStart(6, '0')}`;
    const { pan, phone } = wallet.find((one) => one.card === card)!;
    const ksn = `b17a000000000001${(++taps).toString(16).padStart(8, '0')}`;
    const initialKey = deriveInitialKey(Buffer.from(bdk, 'hex'), ksn.slice(0, 16));
    const tap = {
      ksn,
      maskedPan: `${pan.slice(0, 6)}******${pan.slice(-4)}`,
      cardReference: cardReference(Buffer.from(referenceKey, 'hex'), pan),
      expiry: '4912',
      serviceCode: '201',
    };
    const purchase = { tillId: 'till-1', saleId: id, amountMinor: totalMinor, currency: 'RUB' };
    const ciphertext = sealTrack2(initialKey, ksn, `${pan}=4912201`, purchase);
    const salted = (content: object) => attach(content, randomBytes(32));
    const beside = {
      card: salted({ ciphertext }),
      ...(phone === null ? {} : { contact: salted({ phone }) }),
    };
    const lineItem = {
      sku: 'TEA',
      name: 'Чай',
      quantity: 1,
      priceMinor: totalMinor,
      sumMinor: totalMinor,
      vatRate: '22' as const,
    };
    const draft: EntryDraft = {
      kind: 'sale.intent',
      body: {
        saleId: id,
        saleKey: id,
        lineItems: [lineItem],
        totalMinor,
        currency: 'RUB',
        tender: 'card',
        shiftNumber: 1,
        requestedMode,
        card: tap,
        checks: [],
      },
    };
    seal(draft, beside);
    return id;
  };
  const accept = (saleId: string, mode: CardMode = 'offline'): void => {
    const signedAt = new Date(clock.nowMs()).toISOString();
    const fiscal = {
      driveNumber: '9999078900005488',
      registrationNumber: '0000000001',
      documentNumber: sales,
      fiscalSign: 1,
      shiftNumber: 1,
      receiptNumber: sales,
      signedAt,
      qr: 't=',
    };
    seal({ kind: 'sale.accepted', body: { saleId, mode, fiscal, checks: [] } });
  };
  const authorization = async (key = till.privateKey) => {
    const iat = Math.floor(clock.nowMs() / 1000);
    return `Bearer ${await new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setSubject('till-1').setIssuedAt(iat).sign(key)}`;
  };
  const post = async (body: string, key = till.privateKey) =>
    fetch(url('/v1/tills/till-1/journal'), {
      method: 'POST',
      body,
      headers: { authorization: await authorization(key), 'content-type': 'application/x-ndjson' },
    });
  const ship = async (): Promise<void> => {
    const response = await post(encodeBatch(entries));
    expect(response.status, await response.clone().text()).toBe(200);
    expect(await response.json()).toMatchObject({ acknowledgedSeq: chain.seq });
    entries = [];
  };
  const publicKeyText = till.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const enrol = (body: object) =>
    fetch(url('/v1/enrolment'), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('lets a till in for its code, once, and no other key after it', async () => {
    expect((await post('')).status).toBe(401);
    expect((await enrol({ tillId: 'till-1', code: 'wrong-code', publicKey: publicKeyText })).status).toBe(
      403,
    );
    expect(
      (await enrol({ tillId: 'till-9', code: 'enrol-me-please', publicKey: publicKeyText })).status,
    ).toBe(404);
    expect(
      (await enrol({ tillId: 'till-1', code: 'enrol-me-please', publicKey: publicKeyText })).status,
    ).toBe(200);
    expect(
      (await enrol({ tillId: 'till-1', code: 'enrol-me-please', publicKey: publicKeyText })).status,
    ).toBe(200);
    const other = generateKeyPairSync('ed25519')
      .publicKey.export({ type: 'spki', format: 'der' })
      .toString('base64');
    expect((await enrol({ tillId: 'till-1', code: 'enrol-me-please', publicKey: other })).status).toBe(409);
    expect((await post('', generateKeyPairSync('ed25519').privateKey)).status).toBe(401);
  });

  it('collects an offline sale at the cheapest bank, once, however often it is shipped', async () => {
    const id = sell('rich');
    accept(id);
    const batch = encodeBatch(entries);
    await ship();
    expect((await post(batch)).status).toBe(200);
    await becomes(id, 'collected');
    expect(await payment(id)).toMatchObject({
      bankId: 'north',
      attempts: [{ state: 'approved', responseCode: '00', cause: 'first' }],
    });
    expect((await ledgers()).filter(({ reference }) => reference === id)).toHaveLength(1);
  });

  it('keeps the good entries of a bad batch, refuses the bad one with an alarm, and changes nothing that it has', async () => {
    const id = sell('rich');
    accept(id);
    const cut = encodeBatch(entries);
    const half = await post(cut.slice(0, cut.indexOf('\n') + 20));
    expect(await half.json()).toMatchObject({ acknowledgedSeq: chain.seq - 1 });
    const forged = { ...entries[1]!, payload: entries[1]!.payload.replace('"offline"', '"online"') };
    const refused = await post(encodeBatch([forged]));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'journal-refused',
      acknowledgedSeq: chain.seq - 1,
      refusedSeq: chain.seq,
    });
    const alarms = async () => (await read<{ items: hostApi.TillSummary[] }>('/v1/tills')).items[0]!.alarms;
    expect(await alarms()).toMatchObject([
      { kind: 'journal-refused', state: 'raised', data: { afterSeq: chain.seq - 1, fault: 'bad-signature' } },
    ]);
    expect((await post('{"payload":5}\n')).status).toBe(409);
    await ship();
    expect(await alarms()).toEqual([]);
    await becomes(id, 'collected');
  });

  it('goes to the next bank when one is down, and reverses at a silent one before it does', async () => {
    await admin(banks[0]!.port, 'PUT', '/v1/setting', { mode: 'down' });
    const failover = sell('rich');
    accept(failover);
    await ship();
    await becomes(failover, 'collected');
    expect((await payment(failover)).bankId).toBe('volga');
    await admin(banks[0]!.port, 'PUT', '/v1/setting', { mode: 'up' });
    await until(async () => {
      clock.advance(20_000);
      return (await read<{ items: hostApi.Bank[] }>('/v1/banks')).items[0]!.session === 'signed-on';
    });
    // A bank that has failed is used again once it has answered: here for the next sale while the other is silent.
    await admin(banks[1]!.port, 'PUT', '/v1/setting', { mode: 'silent' });
    await admin(banks[0]!.port, 'PUT', '/v1/setting', { mode: 'silent' });
    const silent = sell('rich');
    accept(silent);
    await ship();
    // In the silent bank's books: it has left, and its answer is pending.
    await until(async () =>
      (await ledgers()).some(({ reference, kind }) => reference === silent && kind === 'debit'),
    );
    clock.advance(16_000);
    await becomes(silent, 'reversing');
    await Promise.all(banks.map(({ port }) => admin(port, 'PUT', '/v1/setting', { mode: 'up' })));
    await until(async () => {
      const { state, wait } = await payment(silent);
      // On a slow machine the clock would jump past every answer before it has come.
      if (wait?.reason.kind !== 'answer-pending') clock.advance(20_000);
      return state === 'collected';
    });
    const kinds = (await ledgers()).filter(({ reference }) => reference === silent).map(({ kind }) => kind);
    expect(
      kinds.filter((kind) => kind === 'debit').length - kinds.filter((kind) => kind === 'reversal').length,
    ).toBe(1);
    expect(kinds).toContain('reversal');
  });

  it('answers a till that requests online, and gives back what a sale without a receipt had debited', async () => {
    const id = sell('rich', 'online');
    await ship();
    const answer = await fetch(url(`/v1/tills/till-1/sales/${id}/outcome?waitMs=4000`), {
      headers: { authorization: await authorization() },
    });
    expect(await answer.json()).toEqual({ saleId: id, state: 'approved' });
    seal({ kind: 'sale.abandoned', body: { saleId: id, reason: 'fiscal-drive-refused' } });
    await ship();
    await becomes(id, 'cancelled');
    expect((await ledgers()).filter(({ reference }) => reference === id).map(({ kind }) => kind)).toEqual([
      'debit',
      'reversal',
    ]);
  });

  it('makes a debt of a decline, notifies its cardholder, and recovers it in the morning', async () => {
    const id = sell('poor');
    accept(id);
    await ship();
    await debtBecomes(id, 'open');
    await until(async () => (await sms()).length === 1);
    expect((await sms())[0]).toMatchObject({
      to: '+79000000001',
      from: 'BUFET',
      text: expect.stringMatching(/^Буфет: банк не провёл оплату 500,00.₽/),
    });
    await admin(issuers.port, 'PUT', '/v1/accounts/poor', { balanceMinor: 50_000 });
    clock.advance(dayMs);
    await debtBecomes(id, 'recovered');
    await until(async () => (await sms()).length === 2);
    expect((await sms())[1]!.text).toContain('оплачена');
    expect((await payment(id)).attempts.map(({ cause, responseCode }) => [cause, responseCode])).toEqual([
      ['first', '51'],
      ['retry', '00'],
    ]);
  });

  it('makes a debt of an online decline only if the till then handed the goods over', async () => {
    const refused = sell('poor', 'online');
    const handedOver = sell('poor', 'online');
    await ship();
    for (const id of [refused, handedOver]) await becomes(id, 'declined');
    seal({ kind: 'sale.abandoned', body: { saleId: refused, reason: 'declined-online' } });
    accept(handedOver, 'offline');
    await ship();
    await debtBecomes(handedOver, 'open');
    await becomes(refused, 'cancelled');
    expect(await debt(refused)).toBeUndefined();
    await admin(issuers.port, 'PUT', '/v1/accounts/poor', { balanceMinor: 50_000 });
    clock.advance(dayMs);
    await debtBecomes(handedOver, 'recovered');
    expect((await sms()).filter(({ text }) => text.includes(refused))).toEqual([]);
  });

  it('lists a stolen card at once, and an unpaid one after a week; the page takes it off when it is paid', async () => {
    const stolen = sell('thief');
    const unpaid = sell('poor');
    accept(stolen);
    accept(unpaid);
    await ship();
    await debtBecomes(stolen, 'stop-listed');
    expect((await payment(stolen)).attempts).toHaveLength(1);
    await debtBecomes(unpaid, 'open');
    for (let days = 0; days < 8; days++) {
      clock.advance(dayMs);
      await until(
        async () =>
          (await read<hostApi.Work>('/v1/work')).debtsAttempting === 0 &&
          (await debt(unpaid))?.state !== 'attempting',
      );
    }
    await debtBecomes(unpaid, 'stop-listed');
    const downlink = async () =>
      (await (
        await fetch(url('/v1/tills/till-1/downlink?stopListVersion=0'), {
          headers: { authorization: await authorization() },
        })
      ).json()) as { stopList: string; outcomes: unknown[] };
    const enrolled = await enrol({ tillId: 'till-1', code: 'enrol-me-please', publicKey: publicKeyText });
    const { hostPublicKey } = (await enrolled.json()) as { hostPublicKey: string };
    const key = Buffer.from(hostPublicKey, 'base64');
    const listed = applyMessage(
      emptyStopList,
      (await downlink()).stopList,
      createPublicKey({ key, format: 'der', type: 'spki' }),
    );
    const reference = (card: string) =>
      cardReference(Buffer.from(referenceKey, 'hex'), wallet.find((one) => one.card === card)!.pan);
    expect(
      listed.ok && [
        isListed(listed.list, reference('thief')),
        isListed(listed.list, reference('poor')),
        isListed(listed.list, reference('rich')),
      ],
    ).toEqual([true, true, false]);

    const link = /http\S+/.exec((await sms()).filter(({ to }) => to === '+79000000001').at(-1)!.text)![0];
    const before = await (await fetch(`${link}?lang=en`)).text();
    expect(before).toContain('Try now');
    // Who presses and is declined once more sees that, and why.
    const declined = await (await fetch(`${link}?lang=en`, { method: 'POST' })).text();
    const lastAttempt = (page: string): string => /<p class="last">([^<]*)/.exec(page)![1]!;
    expect(lastAttempt(declined)).toContain('You asked to try');
    expect(lastAttempt(declined)).toContain('not enough money');
    expect(lastAttempt(declined)).not.toBe(lastAttempt(before));
    await admin(issuers.port, 'PUT', '/v1/accounts/poor', { balanceMinor: 50_000 });
    expect(await (await fetch(link)).text()).toContain('Попробовать сейчас');
    expect((await fetch(link.replace(/\.[^.]+$/, '.AAAAAAAAAAAAAAAA'))).status).toBe(404);
    const pressed = await fetch(`${link}?lang=en`, { method: 'POST' });
    expect(await pressed.text()).toContain('The purchase is paid');
    await debtBecomes(unpaid, 'paid-after-listing');
    await until(async () => (await read<hostApi.StopList>('/v1/stop-list')).entries.length === 1);
  }, 120_000);

  it('lets no second host into its data folder, and goes on undisturbed', async () => {
    const again = { ...config, port: await freePort() };
    await expect(startHost({ config: again, clock, log })).rejects.toThrow('another host works in');
    const id = sell('rich');
    accept(id);
    await ship();
    await becomes(id, 'collected');
  });

  it('goes on after a restart with the database that it had', async () => {
    const before = await read<{ items: hostApi.Payment[] }>('/v1/payments');
    await host.stop();
    host = await startHost({ config, clock, log });
    expect((await read<{ items: hostApi.Payment[] }>('/v1/payments')).items).toEqual(before.items);
    expect(existsSync(join(config.dataDir, 'database-password'))).toBe(true);
  }, 120_000);

  it('answers bad requests with a problem', async () => {
    expect((await fetch(url('/v1/payments/nonsense'))).status).toBe(400);
    expect((await fetch(url('/v1/payments/till-1-999999'))).status).toBe(404);
    expect((await fetch(url('/v1/payments?cursor=nonsense'))).status).toBe(400);
    expect((await fetch(url('/v1/debts?state=nonsense'))).status).toBe(400);
  });
});
