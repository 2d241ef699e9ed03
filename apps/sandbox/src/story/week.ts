import { pressTryNow } from './client.ts';
import { atBanks, debtOf, linkTo, messagesTo, type Stage } from './stage.ts';

/** DE 39 as the issuers answer it. */
const noFunds = '51';
const stolen = '43';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Step 4: a week of debts. */
export async function playWeek(stage: Stage): Promise<void> {
  const { client, narrator, pace } = stage;
  await narrator.chapter('4', { en: '4. A week of debts', ru: '4. Неделя задолженностей' });
  await pace.until('the declined sales have become debts', async () => {
    const states = await Promise.all(
      ['short-1', 'short-2', 'short-3', 'stolen-2'].map(async (card) => (await debtOf(stage, card))?.state),
    );
    return states.slice(0, 3).every((state) => state === 'open') && states[3] === 'stop-listed';
  });
  await pace.untilHostIdle();
  const told = await Promise.all(
    ['short-1', 'short-2', 'short-3', 'stolen-2'].map(async (card) => ({
      declines: (await atBanks(stage, card)).declines,
      isTold: (await messagesTo(stage, card)).length > 0,
    })),
  );
  // A bank that was silent has declined as well, unheard: there may be two of a kind.
  const isSo = told.every(
    ({ isTold, declines }, index) =>
      isTold && declines.length > 0 && declines.every((code) => code === (index < 3 ? noFunds : stolen)),
  );
  await narrator.claim(isSo, {
    en: 'Three cards lack funds: debts, to be tried each morning. One was stolen: stop-listed at once, never tried again.',
    ru: 'На трёх картах нет денег: задолженности, пробуем каждое утро. Одна украдена: сразу в стоп-лист, больше не пробуем.',
  });
  for (const { to, text } of (await client.sandbox.sms()).slice(-4))
    await narrator.say({ en: `SMS to ${to}: ${text}`, ru: `SMS ${to}: ${text}` });
  const beganMs = Date.parse((await debtOf(stage, 'short-1'))!.openedAt);
  await dayThree(stage, beganMs);
  await tryNow(stage);
  await endOfWindow(stage, told[3]!.declines.length);
}

async function dayThree(stage: Stage, beganMs: number): Promise<void> {
  const { client, narrator, pace } = stage;
  await pace.passUntil(beganMs + 2 * dayMs);
  await client.sandbox.setAccount('short-1', { balanceMinor: 5_000_000 });
  await narrator.say({
    en: 'Day 3: the first debtor’s salary arrives.',
    ru: 'День 3: первому должнику пришла зарплата.',
  });
  await pace.passUntil(beganMs + 3 * dayMs);
  const debt = await debtOf(stage, 'short-1');
  const { isPaid, declines } = await atBanks(stage, 'short-1');
  await narrator.claim(debt?.state === 'recovered' && isPaid, {
    en: `The morning’s attempt has collected it: declined ${declines.length} times, then debited.`,
    ru: `Утренняя попытка списала долг: отказов ${declines.length}, затем списание.`,
  });
}

async function tryNow(stage: Stage): Promise<void> {
  const { client, narrator, pace } = stage;
  await client.sandbox.setAccount('short-2', { balanceMinor: 5_000_000 });
  const { before } = await pressTryNow(await linkTo(stage, 'short-2'));
  await narrator.say({
    en: `The second debtor opens the page which the SMS links to and presses “${/<button>([^<]*)/.exec(before)?.[1]}”.`,
    ru: `Второй должник открыл страницу из SMS и нажал «${/<button>([^<]*)/.exec(before)?.[1]}».`,
  });
  await pace.until(
    'the second debt is paid',
    async () => (await debtOf(stage, 'short-2'))?.state === 'recovered',
  );
  const { isPaid } = await atBanks(stage, 'short-2');
  await narrator.claim(isPaid, {
    en: 'Paid at once, by the bank’s books.',
    ru: 'Оплачено сразу, по книгам банка.',
  });
}

async function endOfWindow(stage: Stage, stolenTries: number): Promise<void> {
  const { narrator, pace } = stage;
  const endsAtMs = Date.parse((await debtOf(stage, 'short-3'))!.windowEndsAt);
  await pace.passUntil(endsAtMs - hourMs);
  const before = await debtOf(stage, 'short-3');
  await narrator.claim(before?.state === 'open', {
    en: 'An hour before the end of day 7 the third card is not listed yet.',
    ru: 'За час до конца 7-го дня третьей карты в стоп-листе ещё нет.',
  });
  await pace.passUntil(endsAtMs + hourMs);
  const after = await debtOf(stage, 'short-3');
  const messages = await messagesTo(stage, 'short-3');
  const third = await atBanks(stage, 'short-3');
  const isTried = third.declines.length > 1 && !third.isPaid;
  await narrator.claim(after?.state === 'stop-listed' && isTried && messages.length === 4, {
    en: `The third never paid: declined ${third.declines.length} times, told ${messages.length} times, stop-listed at the end of day 7.`,
    ru: `Третий не заплатил: отказов ${third.declines.length}, сообщений ${messages.length}, в стоп-листе в конце 7-го дня.`,
  });
  await narrator.claim((await atBanks(stage, 'stolen-2')).declines.length === stolenTries, {
    en: 'The stolen card was never tried again.',
    ru: 'Украденную карту больше не пробовали.',
  });
}
