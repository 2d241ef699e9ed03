import type { Clock } from '@bivak/clock';
import type { uplinkApi } from '@bivak/contracts';
import type { EnrolmentStore } from '../enrolment/index.ts';
import type { Journal } from '../journal/index.ts';
import type { LimitsStore } from '../limits/index.ts';
import type { StopListStore } from '../stoplist/index.ts';
import type { Forget } from './forgetting.ts';
import type { HostClient } from './host-client.ts';
import { acknowledge } from './shipping.ts';
import type { UplinkStore } from './store.ts';

export interface DownlinkOptions {
  journal: Journal;
  client: HostClient;
  store: UplinkStore;
  forget: Forget;
  enrolment: EnrolmentStore;
  stopList: StopListStore;
  limits: LimitsStore;
  clock: Clock;
  log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

/** Fetches what the host has for this till and puts it in force: outcomes, limits, windows, stop-list. */
export async function poll(options: DownlinkOptions): Promise<void> {
  const { client, limits, stopList } = options;
  let version = stopList.current().version;
  for (;;) {
    const cursor = limits.outcomesCursor();
    const { acknowledgedSeq, epochId } = options.store.state();
    const downlink = await client.downlink(version, cursor);
    compareClocks(downlink.hostNow, options);
    limits.recordOutcomes(downlink.outcomes);
    tellOfReaders(downlink.unreadableReaderKeys, options);
    options.store.update({
      unreadableReaderKeys: downlink.unreadableReaderKeys,
      limits: downlink.limits,
      bankWindowMs: downlink.bankWindowMs,
      recoveryWindowMs: downlink.recoveryWindowMs,
    });
    const hasGap = takeStopList(downlink, options) === 'gap';
    // If a batch was acknowledged meanwhile, this response is the older of the two.
    const now = options.store.state();
    if (now.acknowledgedSeq === acknowledgedSeq && now.epochId === epochId)
      acknowledge(downlink, options, downlink.acknowledgedHash);
    const hasMoreOutcomes = limits.outcomesCursor() > cursor;
    if (hasGap && version === 0) return; // a snapshot fits every list: a gap after one is the host's fault
    if (!hasGap && !hasMoreOutcomes) return;
    version = hasGap ? 0 : stopList.current().version;
  }
}

/** As far apart as the till's clock may be from the host's and still be called right; the response takes its time as well. */
const clocksAgreeMs = 60_000;

/** A till whose clock once stood ahead would take no card until that day, unless it learns that its clock is right now. */
function compareClocks(hostNow: string, { clock, journal, log }: DownlinkOptions): void {
  const isRight = Math.abs(Date.parse(hostNow) - clock.nowMs()) <= clocksAgreeMs;
  if (isRight && journal.agreeClock())
    log.info({ hostNow }, 'the clock agrees with the host’s; later instants in the journal are ignored');
}

function takeStopList(
  downlink: uplinkApi.Downlink,
  { stopList, enrolment, clock, log }: DownlinkOptions,
): 'gap' | 'done' {
  const hostKey = enrolment.hostKey();
  if (downlink.stopList !== null && hostKey !== null) {
    const result = stopList.apply(downlink.stopList, hostKey);
    if (result === 'gap') return 'gap';
    if (result === 'applied')
      log.info({ version: stopList.current().version }, 'a new stop-list is in force');
    else if (result !== 'unchanged')
      log.error({ error: result }, 'the stop-list was rejected; the old one stays in force');
  }
  const { version, hash } = stopList.current();
  if (version === downlink.stopListVersion && hash === downlink.stopListHash) stopList.confirm(clock.nowMs());
  return 'done';
}

/** With a reader whose card data the host does not open, cards are refused from now on, unless the host is asked. */
function tellOfReaders(keyIds: readonly string[], { store, log }: DownlinkOptions): void {
  const known = store.state().unreadableReaderKeys;
  const found = keyIds.filter((keyId) => !known.includes(keyId));
  if (found.length > 0)
    log.error({ keyIds: found }, 'the host does not open this reader’s card data: no card is taken offline');
}
