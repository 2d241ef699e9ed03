import { pressTryNow } from './client.ts';
import { debtOf, linkTo, type Stage } from './stage.ts';

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
  await narrator.claim(true, {
    en: 'Three cards lack funds: debts, to be tried each morning. One was stolen: stop-listed at once, never tried again.',
    ru: 'На трёх картах нет денег: задолженности, пробуем каждое утро. Одна украдена: сразу в стоп-лист, больше не пробуем.',
  });
  for (const { to, text } of (await client.sandbox.sms()).slice(-4))
    await narrator.say({ en: `SMS to ${to}: ${text}`, ru: `SMS ${to}: ${text}` });
  const beganMs = Date.parse((await debtOf(stage, 'short-1'))!.openedAt);
  await dayThree(stage, beganMs);
  await tryNow(stage);
  await endOfWindow(stage);
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
  await narrator.claim(debt?.state === 'recovered', {
    en: `The morning’s attempt has collected it (attempts: ${debt?.attemptsMade}).`,
    ru: `Утренняя попытка списала долг (попыток: ${debt?.attemptsMade}).`,
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
  await narrator.claim(true, { en: 'Paid within seconds.', ru: 'Оплачено за секунды.' });
}

async function endOfWindow(stage: Stage): Promise<void> {
  const { client, narrator, pace } = stage;
  const endsAtMs = Date.parse((await debtOf(stage, 'short-3'))!.windowEndsAt);
  await pace.passUntil(endsAtMs - hourMs);
  const before = await debtOf(stage, 'short-3');
  await narrator.claim(before?.state === 'open', {
    en: 'An hour before the end of day 7 the third card is not listed yet.',
    ru: 'За час до конца 7-го дня третьей карты в стоп-листе ещё нет.',
  });
  await pace.passUntil(endsAtMs + hourMs);
  const after = await debtOf(stage, 'short-3');
  const phone = (await client.sandbox.accounts()).find(({ card }) => card === 'short-3')?.phone;
  const messages = (await client.sandbox.sms()).filter(({ to }) => to === phone);
  await narrator.claim(after?.state === 'stop-listed' && messages.length === 4, {
    en: `The third never paid: tried ${after?.attemptsMade} times, told ${messages.length} times, stop-listed at the end of day 7.`,
    ru: `Третий не заплатил: попыток ${after?.attemptsMade}, сообщений ${messages.length}, в стоп-листе в конце 7-го дня.`,
  });
  const stolen = await debtOf(stage, 'stolen-2');
  await narrator.claim(stolen?.attemptsMade === 1, {
    en: 'The stolen card was never tried again.',
    ru: 'Украденную карту больше не пробовали.',
  });
}
