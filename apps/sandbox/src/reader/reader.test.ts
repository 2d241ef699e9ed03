import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { deriveInitialKey, initialKeyDerivation, openTrack2 } from '@bivak/card';
import { systemClock } from '@bivak/clock';
import { readerApi } from '@bivak/contracts';
import type { CardTap } from '@bivak/domain';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startReader } from './reader-server.ts';

const bdk = Buffer.alloc(16, 7);
const initialKeyId = 'b17a000000000001';
const card = {
  card: 'anna',
  pan: '4761739001010119',
  expiry: '4912',
  serviceCode: '201',
  issuerBankId: null,
  balanceMinor: 0,
  issuerAnswers: 'by-balance',
  phone: null,
  label: { ru: 'Анна', en: 'Anna' },
};

const purchase = { tillId: 'till-1', saleId: 'till-1-000001', amountMinor: 100, currency: 'RUB' };
const panIn = (tap: CardTap, of: typeof purchase): string =>
  openTrack2(
    initialKeyDerivation(bdk),
    { ksn: tap.ksn, ciphertext: tap.ciphertext, purchase: of },
    ({ pan }) => Buffer.from(pan).toString('latin1'),
  );

describe('the reader', () => {
  let folder: string;
  let reader: Awaited<ReturnType<typeof startReader>>;
  const config = () => ({
    tillId: 'till-1',
    port: 0,
    readerPort: 0,
    dataDir: join(folder, 'reader'),
    walletFile: join(folder, 'wallet.json'),
    initialKeyId,
    initialKey: deriveInitialKey(bdk, initialKeyId).toString('hex'),
    cardReferenceKey: '00'.repeat(32),
  });
  const start = async () => {
    reader = await startReader({ config: config(), clock: systemClock, log: pino({ level: 'silent' }) });
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-reader-'));
    writeFileSync(join(folder, 'wallet.json'), JSON.stringify([card]));
    await start();
  });
  afterEach(async () => {
    await reader.stop();
    rmSync(folder, { recursive: true });
  });

  const present = (name: string) =>
    fetch(`http://127.0.0.1:${reader.port}/v1/present`, {
      method: 'POST',
      body: JSON.stringify({ card: name }),
      headers: { 'content-type': 'application/json' },
    });
  /** Has a card read and gives the messages until one ends the reading. */
  const readCard = (onPrompt: () => void = () => {}): Promise<readerApi.ReaderMessage[]> =>
    new Promise((resolve) => {
      const lines: readerApi.ReaderMessage[] = [];
      const socket = connect(reader.readerPort, '127.0.0.1', () =>
        socket.write(`${JSON.stringify({ type: 'read', ...purchase })}\n`),
      );
      createInterface({ input: socket }).on('line', (line) => {
        lines.push(readerApi.readerMessage.parse(JSON.parse(line)));
        if (lines.length === 1) onPrompt();
        if (lines.at(-1)!.type === 'prompt') return;
        socket.destroy();
        resolve(lines);
      });
    });

  it('prompts, and gives the card’s data sealed, under another key each time, also after a restart', async () => {
    const first = await readCard(() => void present('anna'));
    expect(first.map((line) => ('prompt' in line ? line.prompt : line.type))).toEqual([
      'present',
      'hold',
      'remove',
      'card',
    ]);
    await reader.stop();
    await start();
    expect((await present('anna')).status).toBe(200);
    const second = await readCard();
    const [one, two] = [first.at(-1)!, second.at(-1)!];
    if (one.type !== 'card' || two.type !== 'card') throw new Error('no card was read');
    expect(one.card.ksn).not.toBe(two.card.ksn);
    expect(panIn(two.card, purchase)).toBe(card.pan);
    expect(one).toMatchObject({
      ...purchase,
      card: { maskedPan: '476173******0119', expiry: '4912', cardReference: two.card.cardReference },
    });
    expect(JSON.stringify([first, second])).not.toContain(card.pan);
  });

  it('seals a card for the purchase that was asked for, and for no other', async () => {
    const lines = await readCard(() => void present('anna'));
    expect(lines.every(({ saleId }) => saleId === purchase.saleId)).toBe(true);
    const read = lines.at(-1)!;
    if (read.type !== 'card') throw new Error('no card was read');
    for (const change of [{ saleId: 'till-1-000002' }, { amountMinor: 124_900 }, { tillId: 'till-2' }])
      expect(() => panIn(read.card, { ...purchase, ...change })).toThrow('altered-or-other-key');
  });

  it('says by name that its keys are used up', async () => {
    await reader.stop();
    writeFileSync(join(folder, 'reader', 'key-counter'), String(0xffff_0000));
    await start();
    expect((await readCard(() => void present('anna'))).at(-1)).toEqual({
      type: 'failed',
      saleId: purchase.saleId,
      reason: 'reader-keys-used-up',
    });
  });

  it('knows only the cards of its wallet', async () => {
    expect((await present('nobody')).status).toBe(404);
  });

  it('closes a connection that requests nothing', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(reader.readerPort, '127.0.0.1', () => socket.write('hello\n'));
      socket.on('close', () => resolve());
    });
    const read = readCard(() => void present('anna'));
    expect((await read).at(-1)!.type).toBe('card');
  });

  it('goes on waiting for a card when somebody else’s connection goes', async () => {
    const read = readCard(() => {
      const other = connect(reader.readerPort, '127.0.0.1', () => other.destroy());
      other.on('close', () => setTimeout(() => void present('anna'), 50));
    });
    expect((await read).at(-1)!.type).toBe('card');
  });

  it('does not begin with its first key again if the counter is damaged', async () => {
    await reader.stop();
    writeFileSync(join(folder, 'reader', 'key-counter'), '');
    await expect(start()).rejects.toThrow(/key counter/);
    rmSync(join(folder, 'reader', 'key-counter'));
    await start();
  });
});
