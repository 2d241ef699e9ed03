import type { Clock } from '@bivak/clock';
import { hostApi } from '@bivak/contracts';
import { alarm, alarmState, tillId } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';
import { z } from 'zod';
import { acknowledgeAlarm, listAlarms } from '../alarms/alarms.ts';
import type { Database } from '../store/index.ts';
import { pageOf, pageQuery, plainText, readCursor } from './cursor.ts';

const listQuery = z.object({
  state: alarmState.optional(),
  tillId: tillId.optional(),
  ...pageQuery(200),
});

/** What is or was wrong with tills, and who has seen it. */
export function addAlarmRoutes(server: ApiServer, database: Database, clock: Clock): void {
  server.get(
    '/v1/alarms',
    {
      schema: {
        summary: 'Alarms, the newest first',
        querystring: listQuery,
        response: { 200: hostApi.alarmList },
      },
    },
    async ({ query: { state = null, tillId = null, limit, cursor } }) => {
      const items = await listAlarms(database, { state, tillId }, readCursor(cursor), limit);
      return pageOf(items, limit, ({ raisedAt, alarmId }) => ({ at: raisedAt, id: alarmId }));
    },
  );
  server.post(
    '/v1/alarms/:alarmId/acknowledgement',
    {
      schema: {
        summary: 'Say that somebody has seen an alarm',
        params: z.object({ alarmId: plainText.max(60) }),
        body: hostApi.acknowledgement,
        response: { 200: alarm },
      },
    },
    ({ params: { alarmId }, body: { by } }) => acknowledgeAlarm(database, alarmId, by, clock.nowMs()),
  );
}
