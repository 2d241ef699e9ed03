import { hostApi } from '@bivak/contracts';
import type { Renderer } from '@bivak/messages';
import type { Command } from 'commander';
import { defaultHostUrl, postToHost } from './host-client.ts';

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
  renderer: Renderer,
): Promise<string | undefined> {
  const body = hostApi.acknowledgement.safeParse({ by });
  if (!body.success) return renderer.t('cli:acknowledge.badName');
  return postToHost(host, `/v1/alarms/${encodeURIComponent(alarmId)}/acknowledgement`, body.data, renderer);
}
