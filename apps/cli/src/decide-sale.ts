import { hostApi } from '@bivak/contracts';
import { entryDecisions, saleEndDecisions } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';
import { type Command, Option } from 'commander';
import { defaultHostUrl, postToHost } from './host-client.ts';

interface Options {
  decision: string;
  by: string;
  why: string;
  host: string;
}

/**
 * `bivak host decide-sale PAYMENT --decision …` about the end of a sale that its till never wrote, and
 * `bivak host decide-entry TILL ENTRY --decision …` about a quarantined entry; each with `--by NAME --why TEXT`.
 */
export function addDecideSale(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  withOptions(host.command('decide-sale'), saleEndDecisions, renderer)
    .description(t('cli:decideSale.about'))
    .argument('<payment>', t('cli:decide.payment'))
    .action(async (payment: string, options: Options) => {
      const path = `/v1/payments/${encodeURIComponent(payment)}/decision`;
      const done = t('cli:decideSale.done', { payment, decision: options.decision, by: options.by });
      await record('decide-sale', path, hostApi.endDecisionMade, options, done, renderer);
    });
  withOptions(host.command('decide-entry'), entryDecisions, renderer)
    .description(t('cli:decideEntry.about'))
    .argument('<till>', t('cli:decideEntry.till'))
    .argument('<entry>', t('cli:decideEntry.entry'))
    .action(async (till: string, entry: string, options: Options) => {
      const path = `/v1/tills/${encodeURIComponent(till)}/entries/${encodeURIComponent(entry)}/decision`;
      const done = t('cli:decideEntry.done', { till, entry, decision: options.decision, by: options.by });
      await record('decide-entry', path, hostApi.entryDecisionMade, options, done, renderer);
    });
}

function withOptions(command: Command, decisions: readonly string[], { t }: Renderer): Command {
  return command
    .addOption(
      new Option('--decision <decision>', t('cli:decide.decision', { decisions: decisions.join(', ') }))
        .choices(decisions)
        .makeOptionMandatory(),
    )
    .requiredOption('--by <name>', t('cli:decide.by'))
    .requiredOption('--why <text>', t('cli:decide.why'))
    .option('--host <url>', t('cli:acknowledge.host'), defaultHostUrl);
}

async function record(
  command: string,
  path: string,
  schema: typeof hostApi.endDecisionMade | typeof hostApi.entryDecisionMade,
  { decision, by, why, host }: Options,
  done: string,
  renderer: Renderer,
): Promise<void> {
  const body = schema.safeParse({ decision, by, why });
  const fault = body.success
    ? await postToHost(host, path, body.data, renderer)
    : renderer.t('cli:decide.badWords');
  if (fault === undefined) {
    console.log(done);
    return;
  }
  console.error(`bivak host ${command}: ${fault}`);
  process.exitCode = 1;
}
