import { requestAttempt } from './client.ts';
import { atBanks, debtOf, debtUrlOf, messagesTo, type Stage } from './stage.ts';

/** DE 39 as the issuers answer it. */
const noFunds = '51';
const stolen = '43';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const debtors = ['short-1', 'short-2', 'short-3', 'stolen-2'] as const;

/** A week of debts. */
export async function playWeek(stage: Stage): Promise<void> {
  const { client, narrator, pace } = stage;
  await narrator.chapter('week');
  await pace.until('debts-opened', async () => {
    const states = await Promise.all(debtors.map(async (card) => (await debtOf(stage, card))?.state));
    return states.slice(0, 3).every((state) => state === 'open') && states[3] === 'stop-listed';
  });
  await pace.untilHostIdle();
  const found = await Promise.all(
    debtors.map(async (card) => ({
      declines: (await atBanks(stage, card)).declines,
      isNotified: (await messagesTo(stage, card)).length > 0,
    })),
  );
  // A bank that was silent has declined as well, without an answer: there may be two of a kind.
  const isSo = found.every(
    ({ isNotified, declines }, index) =>
      isNotified && declines.length > 0 && declines.every((code) => code === (index < 3 ? noFunds : stolen)),
  );
  await narrator.claim(isSo, 'debts-opened', {});
  for (const { number, to, text } of (await client.sandbox.sms()).slice(-4)) {
    await narrator.note('sms-sent', { to, number });
    narrator.print([text]);
  }
  const beganMs = Date.parse((await debtOf(stage, 'short-1'))!.openedAt);
  await dayThree(stage, beganMs);
  await cardholderRequest(stage);
  await endOfWindow(stage, found[3]!.declines.length);
}

async function dayThree(stage: Stage, beganMs: number): Promise<void> {
  const { client, narrator, pace } = stage;
  await pace.passUntil(beganMs + 2 * dayMs);
  await client.sandbox.setAccount('short-1', { balanceMinor: 5_000_000 });
  await narrator.note('salary-arrived', {});
  await pace.passUntil(beganMs + 3 * dayMs);
  const debt = await debtOf(stage, 'short-1');
  const { isPaid, declines } = await atBanks(stage, 'short-1');
  const isCollected = debt?.state === 'recovered' && isPaid;
  await narrator.claim(isCollected, 'collected-in-the-morning', { declines: declines.length });
}

async function cardholderRequest(stage: Stage): Promise<void> {
  const { client, narrator, pace } = stage;
  await client.sandbox.setAccount('short-2', { balanceMinor: 5_000_000 });
  await requestAttempt(await debtUrlOf(stage, 'short-2'));
  await narrator.note('attempt-requested', {});
  await pace.until('second-debt-paid', async () => (await debtOf(stage, 'short-2'))?.state === 'recovered');
  const { isPaid } = await atBanks(stage, 'short-2');
  await narrator.claim(isPaid, 'paid-at-once', {});
}

async function endOfWindow(stage: Stage, stolenAttempts: number): Promise<void> {
  const { narrator, pace } = stage;
  const endsAtMs = Date.parse((await debtOf(stage, 'short-3'))!.windowEndsAt);
  await pace.passUntil(endsAtMs - hourMs);
  const before = await debtOf(stage, 'short-3');
  await narrator.claim(before?.state === 'open', 'not-listed-before-the-end', {});
  await pace.passUntil(endsAtMs + hourMs);
  const after = await debtOf(stage, 'short-3');
  const messages = (await messagesTo(stage, 'short-3')).length;
  const third = await atBanks(stage, 'short-3');
  const isRetried = third.declines.length > 1 && !third.isPaid;
  const isListed = after?.state === 'stop-listed' && isRetried && messages === 4;
  await narrator.claim(isListed, 'listed-at-the-end', { declines: third.declines.length, messages });
  const isNeverRetried = (await atBanks(stage, 'stolen-2')).declines.length === stolenAttempts;
  await narrator.claim(isNeverRetried, 'stolen-card-never-retried', {});
}
