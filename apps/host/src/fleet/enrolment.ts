import { Problem } from '@bivak/domain';
import { endAlarm, raiseAlarm } from '../alarms/alarms.ts';
import type { Queries } from '../store/index.ts';
import type { EnrolmentLimit } from './enrolment-limit.ts';
import { enrolTill } from './fleet.ts';

/**
 * Enrols a till, unless too many wrong codes were tried: Problem `too-many-attempts` says how long to wait. Guessing is an
 * alarm of the till that it is about, until that till is enrolled.
 */
export async function enrolWithinLimit(
  queries: Queries,
  limit: EnrolmentLimit,
  request: { tillId: string; code: string; publicKey: string },
  nowMs: number,
): Promise<void> {
  const { tillId } = request;
  const alarm = { tillId, kind: 'enrolment-attempts', subject: '' } as const;
  limit.begin(tillId, nowMs);
  try {
    await enrolTill(queries, request, nowMs);
  } catch (error) {
    const code = error instanceof Problem ? error.code : undefined;
    const { count, isGuessing } = limit.wrongCodes(tillId);
    if (code === 'unknown-till') limit.leaveOut(tillId);
    else if (code !== 'wrong-code') limit.undo(tillId);
    else if (isGuessing) await raiseAlarm(queries, { ...alarm, data: { wrongCodes: count } }, nowMs);
    throw error;
  }
  limit.undo(tillId);
  await endAlarm(queries, alarm, nowMs);
}
