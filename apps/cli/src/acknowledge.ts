import { hostApi } from '@bivak/contracts';
import { problemDocument } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';
import type { Command } from 'commander';

/** Where the host of `npm start` listens, if its port was free. */
const defaultHostUrl = 'http://127.0.0.1:8710';
const hostTimeoutMs = 10_000;

/** `bivak host acknowledge ALARM --by NAME`: says to the host that somebody has seen an alarm. */
export function addAcknowledge(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  host
    .command('acknowledge')
    .description(t('cli:acknowledge.about'))
    .argument('<alarm>', t('cli:acknowledge.alarm'))
    .requiredOption('--by <name>', t('cli:acknowledge.by'))
    .option('--host <url>', t('cli:acknowledge.host'), defaultHostUrl)
    .action(async (alarmId: string, options: { by: string; host: string }) => {
      const fault = await acknowledge(alarmId, options, renderer);
      if (fault === undefined) {
        console.log(t('cli:acknowledge.done', { alarm: alarmId, by: options.by }));
        return;
      }
      console.error(`bivak host acknowledge: ${fault}`);
      process.exitCode = 1;
    });
}

/** What kept the host from recording it; undefined if it has. */
async function acknowledge(
  alarmId: string,
  { by, host }: { by: string; host: string },
  { t, language }: Renderer,
): Promise<string | undefined> {
  const body = hostApi.acknowledgement.safeParse({ by });
  if (!body.success) return t('cli:acknowledge.badName');
  if (!URL.canParse(host)) return t('cli:acknowledge.badHost', { host });
  const address = `${new URL(host).origin}/v1/alarms/${encodeURIComponent(alarmId)}/acknowledgement`;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify(body.data),
      signal: AbortSignal.timeout(hostTimeoutMs),
    });
    if (answer.ok) return undefined;
    const problem = problemDocument.safeParse(await answer.json().catch(() => undefined));
    return problem.data?.detail ?? t('cli:acknowledge.unexpected', { host, status: answer.status });
  } catch {
    return t('cli:acknowledge.noAnswer', { host });
  }
}
