import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@bivak/clock';
import type { sandboxApi } from '@bivak/contracts';
import { encodeFrame, orThrow, registrationCheckDigits } from '@bivak/fiscal';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDrive } from '../../apps/sandbox/src/drive/drive-server.ts';
import { startOperator } from '../../apps/sandbox/src/fiscal-operator/operator-server.ts';
import {
  connectDrive,
  FiscalError,
  type FiscalReceipt,
  type FiscalRegister,
} from '../../apps/till/src/fiscal/index.ts';
import type { Catalogue } from '../../apps/till/src/sale/index.ts';
import { ringUp } from '../../apps/till/src/sale/ring-up.ts';

// A slow machine takes its time; nothing here is about how long it takes.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const log = pino({ level: 'silent' });
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const inn = '7701234560';
const serialNumber = '00106700000101';
const registration = {
  registrationNumber: `0000001001${registrationCheckDigits('0000001001', inn, serialNumber)}`,
  serialNumber,
  merchant: { name: 'Буфет', inn, address: 'Москва' },
  place: 'Поезд',
  operatorName: 'ОФД',
  operatorInn: '7704567896',
  taxSystem: 1,
  cashier: 'Анна',
};

describe('the till and its fiscal drive', () => {
  let offsetMs: number;
  const clock: Clock = {
    nowMs: () => Date.now() + offsetMs,
    at: (atMs, fire) => {
      const handle = setTimeout(fire, Math.max(0, atMs - Date.now() - offsetMs));
      return { cancel: () => clearTimeout(handle) };
    },
  };
  let folder: string;
  let drive: Awaited<ReturnType<typeof startDrive>>;
  let operator: Awaited<ReturnType<typeof startOperator>>;
  let register: FiscalRegister;
  let sales: number;

  beforeEach(async () => {
    offsetMs = Date.parse('2026-11-24T06:00:00Z') - Date.now();
    sales = 0;
    folder = mkdtempSync(join(tmpdir(), 'bivak-fiscal-'));
    drive = await startDrive({
      config: { driveNumber: '9999078900005488', port: 0, framePort: 0, dataDir: join(folder, 'drive') },
      clock,
      log,
    });
    operator = await startOperator({
      config: { port: 0, operatorPort: 0, dataDir: join(folder, 'operator') },
      clock,
      log,
    });
    register = connectDrive({ host: '127.0.0.1', port: drive.framePort, timeZone: 'Europe/Moscow', clock });
  });
  afterEach(async () => {
    await register.close();
    await drive.stop();
    await operator.stop();
    rmSync(folder, { recursive: true });
  });

  const receipt = (change: Partial<FiscalReceipt> = {}): FiscalReceipt => {
    const saleId = `till-1-${String(++sales).padStart(6, '0')}`;
    const lineItems: FiscalReceipt['lineItems'] = [
      {
        name: 'Чай «Дорожный» в подстаканнике',
        quantity: 2,
        priceMinor: 9_000,
        sumMinor: 18_000,
        vatRate: '22',
      },
      { name: 'Хлеб', quantity: 1, priceMinor: 5_500, sumMinor: 5_500, vatRate: '10' },
    ];
    return {
      saleId,
      lineItems,
      tender: 'card',
      totalMinor: 23_500,
      phone: null,
      soldAtMs: clock.nowMs(),
      cashier: 'Анна',
      ...change,
    };
  };
  const archived = async (): Promise<sandboxApi.FiscalDocument[]> =>
    (
      (await (await fetch(`http://127.0.0.1:${operator.port}/v1/documents`)).json()) as {
        items: sandboxApi.FiscalDocument[];
      }
    ).items;
  const driveDocuments = async (): Promise<unknown[]> =>
    ((await (await fetch(`http://127.0.0.1:${drive.port}/v1/documents`)).json()) as { items: unknown[] })
      .items;
  const drain = () =>
    register.drain({ host: '127.0.0.1', port: operator.operatorPort }, new AbortController().signal);
  const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => (error instanceof FiscalError ? error.refusal : error),
    );

  it('registers once, opens a shift, signs, and gives everything to the operator', async () => {
    expect(await register.ensureRegistered(registration)).toMatchObject({
      phase: 'fiscal',
      registrationNumber: registration.registrationNumber,
    });
    await register.ensureRegistered(registration);
    expect(await register.openShift({ cashier: 'Анна' })).toMatchObject({
      shiftNumber: 1,
      documentNumber: 2,
    });
    expect(await refusalOf(register.openShift({ cashier: 'Анна' }))).toBe('shift-already-open');
    const marks = [];
    for (let count = 0; count < 20; count++)
      marks.push(
        await register.sell(
          receipt({ tender: count % 4 === 0 ? 'cash' : 'card', phone: count === 3 ? '+79000000001' : null }),
        ),
      );
    expect(marks.at(-1)).toMatchObject({
      documentNumber: 22,
      receiptNumber: 20,
      shiftNumber: 1,
      driveNumber: '9999078900005488',
    });
    expect(marks[0]!.qr).toMatch(/^t=20261124T0900&s=235\.00&fn=9999078900005488&i=3&fp=\d+&n=1$/);
    expect(await register.unsent()).toMatchObject({ count: 22 });
    expect(await drain()).toBe(22);
    expect(await register.unsent()).toEqual({ count: 0, oldestAtMs: null });
    const documents = await archived();
    expect(documents.map(({ kind }) => kind).slice(0, 3)).toEqual(['registration', 'open-shift', 'receipt']);
    expect(documents[2]).toMatchObject({
      saleId: 'till-1-000001',
      totalMinor: 23_500,
      cashMinor: 23_500,
      cardMinor: 0,
      fiscalSign: marks[0]!.fiscalSign,
    });
    expect(documents[3]).toMatchObject({
      saleId: 'till-1-000002',
      cardMinor: 23_500,
      signedAt: marks[1]!.signedAt,
    });
    expect(await register.closeShift({ cashier: 'Анна' })).toMatchObject({ shiftNumber: 1 });
    expect(await drain()).toBe(1);
  });

  it('signs the longest sale that a till rings up', async () => {
    const long = 'Я'.repeat(128);
    const costly = { nameRu: long, priceMinor: 100_000_000, vatRate: '22', sku: 'LONG' };
    const catalogue = { bySku: new Map([['LONG', costly]]) } as unknown as Catalogue;
    const items = Array.from({ length: 144 }, () => ({ sku: 'LONG', quantity: 66 }));
    expect(() => ringUp([...items, items[0]!], catalogue)).toThrow(/sale-too-long/);
    await register.ensureRegistered({
      ...registration,
      merchant: { ...registration.merchant, address: long },
    });
    await register.openShift({ cashier: long.slice(0, 64) });
    const phone = '+79000000001';
    const mark = await register.sell(
      receipt({ ...ringUp(items, catalogue), phone, cashier: long.slice(0, 64) }),
    );
    expect(mark.documentNumber).toBe(3);
  });

  it('finds a sale that was signed, and knows one that was not', async () => {
    await register.ensureRegistered(registration);
    await register.openShift({ cashier: 'Анна' });
    const sold = receipt();
    const mark = await register.sell(sold);
    await register.sell(receipt());
    expect(await register.resolve(sold.saleId)).toEqual(mark);
    expect(await register.resolve('till-1-999999')).toBeNull();
  });

  it('keeps its archive over a power cut and signs nothing that was only begun', async () => {
    await register.ensureRegistered(registration);
    await register.openShift({ cashier: 'Анна' });
    const mark = await register.sell(receipt());
    await register.close();
    await drive.stop();
    drive = await startDrive({
      config: { driveNumber: '9999078900005488', port: 0, framePort: 0, dataDir: join(folder, 'drive') },
      clock,
      log,
    });
    register = connectDrive({ host: '127.0.0.1', port: drive.framePort, timeZone: 'Europe/Moscow', clock });
    await register.ensureRegistered(registration);
    expect(await register.resolve('till-1-000001')).toEqual(mark);
    expect((await register.sell(receipt())).documentNumber).toBe(mark.documentNumber + 1);
  });

  it('refuses after 24 hours of a shift, and after 30 days without the operator, by name', async () => {
    await register.ensureRegistered(registration);
    await register.openShift({ cashier: 'Анна' });
    await register.sell(receipt());
    offsetMs += 25 * hourMs;
    expect(await refusalOf(register.sell(receipt()))).toBe('shift-over-24h');
    await register.closeShift({ cashier: 'Анна' });
    offsetMs += 30 * dayMs;
    expect(await refusalOf(register.openShift({ cashier: 'Анна' }))).toBe('not-confirmed-30-days');
    await drain();
    await register.openShift({ cashier: 'Анна' });
    expect((await register.sell(receipt())).receiptNumber).toBe(1);
  });

  it('says that the drive is silent if it is unplugged, and sells again when it is back', async () => {
    await register.ensureRegistered(registration);
    await register.openShift({ cashier: 'Анна' });
    const mode = (value: string) =>
      fetch(`http://127.0.0.1:${drive.port}/v1/mode`, {
        method: 'PUT',
        body: JSON.stringify({ mode: value }),
        headers: { 'content-type': 'application/json' },
      });
    await mode('unplugged');
    await expect(register.sell(receipt())).rejects.toMatchObject({ code: 'silent' });
    await mode('ready');
    expect((await register.sell(receipt())).receiptNumber).toBe(1);
  });

  type ChangeAnswer = (answer: Buffer, till: Socket, command: number) => void;
  /** A proxy before the drive that changes the answers to some commands, repeated after ENQ or not. */
  async function proxyToDrive(
    commands: number[],
    changeAnswer: ChangeAnswer,
  ): Promise<{ port: number; close(): void }> {
    const server = createServer((till: Socket) => {
      const far = connect(drive.framePort, '127.0.0.1');
      let command = 0;
      till.on('data', (bytes: Buffer) => {
        if (bytes[0] === 0x04) command = bytes[3]!;
        far.write(bytes);
      });
      far.on('data', (bytes: Buffer) => {
        if (commands.includes(command)) changeAnswer(bytes, till, command);
        else till.write(bytes);
      });
      for (const socket of [till, far]) socket.on('error', () => {});
      till.on('close', () => far.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  /** Registers, opens a shift, and goes on through a proxy that changes answers; a clock that is `speed` times as fast for time-outs. */
  async function throughProxy(
    commands: number[],
    changeAnswer: ChangeAnswer,
    speed = 1,
  ): Promise<{ close(): void }> {
    await register.ensureRegistered(registration);
    await register.openShift({ cashier: 'Анна' });
    await register.close();
    const proxy = await proxyToDrive(commands, changeAnswer);
    const hasty: Clock = {
      nowMs: clock.nowMs,
      at: (atMs, fire) => clock.at(clock.nowMs() + (atMs - clock.nowMs()) / speed, fire),
    };
    register = connectDrive({
      host: '127.0.0.1',
      port: proxy.port,
      timeZone: 'Europe/Moscow',
      clock: hasty,
    });
    await register.ensureRegistered(registration);
    return proxy;
  }

  it('never signs twice if the connection is lost between the signature and its answer', async () => {
    const proxy = await throughProxy([0x16], (_, till) => till.destroy());
    const mark = await register.sell(receipt());
    expect(mark).toMatchObject({ documentNumber: 3, receiptNumber: 1 });
    expect(await driveDocuments()).toHaveLength(3);
    proxy.close();
  });

  it('takes no late answer for the answer to another command', async () => {
    let held: Buffer | undefined;
    // The first answer comes when the till has asked again, and a moment later the second as well.
    const changeAnswer: ChangeAnswer = (answer, till) => {
      if (held === undefined) held = answer;
      else {
        till.write(held);
        setTimeout(() => till.write(answer), 2);
      }
    };
    const proxy = await throughProxy([0x15], changeAnswer, 5);
    const mark = await register.sell(receipt());
    expect(mark).toMatchObject({ documentNumber: 3, receiptNumber: 1, shiftNumber: 1 });
    expect(await driveDocuments()).toHaveLength(3);
    proxy.close();
  });

  it.each([
    ['cut short', orThrow(encodeFrame(0)), 0x16],
    ['cut short', orThrow(encodeFrame(0, Buffer.of(1))), 0x30],
    ['no frame', Buffer.from('HTTP/1.1 400 Bad Request'), 0x16],
    ['no requisites', orThrow(encodeFrame(0, Buffer.of(1, 2, 3))), 0x46],
  ])('an answer that is %s is as good as none, and what was signed is found', async (_, answer, command) => {
    let isBad = false;
    const proxy = await throughProxy([command], (right, till) => till.write(isBad ? answer : right), 20);
    isBad = true;
    const sold = receipt();
    const mark = await register.sell(sold).catch((error: unknown) => error);
    if (mark instanceof Error) expect(mark).toBeInstanceOf(FiscalError);
    const again = await register.resolve(sold.saleId).catch((error: unknown) => error);
    if (again instanceof Error) expect(again).toMatchObject({ code: 'silent' });
    isBad = false;
    expect(await register.resolve(sold.saleId)).toMatchObject({ documentNumber: 3, shiftNumber: 1 });
    expect(await driveDocuments()).toHaveLength(3);
    proxy.close();
  });

  it('knows the shift of a sale if the connection breaks right after the signature', async () => {
    let isSigned = false;
    const proxy = await throughProxy([0x10, 0x16], (answer, till, command) => {
      if (isSigned) till.destroy();
      else till.write(answer);
      isSigned ||= command === 0x16;
    });
    expect(await register.sell(receipt())).toMatchObject({ shiftNumber: 1, receiptNumber: 1 });
    proxy.close();
  });

  it.each(['hello', '\u0004\u0000\u0000', '\u0004\u0002\u0000\u0030\u0000\u0000\u0000'])(
    'the drive survives %j on its connection',
    async (garbage) => {
      await new Promise<void>((resolve) => {
        const socket = connect(drive.framePort, '127.0.0.1', () => {
          socket.write(Buffer.from(garbage, 'latin1'));
          setTimeout(() => socket.destroy(), 30);
        });
        socket.on('close', () => resolve()).on('error', () => {});
      });
      expect(await register.ensureRegistered(registration)).toMatchObject({ phase: 'fiscal' });
    },
  );

  it('the operator closes on what is no message and keeps its archive', async () => {
    await register.ensureRegistered(registration);
    await drain();
    await new Promise<void>((resolve) => {
      const socket = connect(operator.operatorPort, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\n\r\n'),
      );
      socket.on('close', () => resolve()).on('error', () => {});
    });
    expect(await archived()).toHaveLength(1);
  });
});
