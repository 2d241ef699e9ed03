import { hostApi } from '@bivak/contracts';
import { attemptDecisions } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';
import { type Command, Option } from 'commander';
import { defaultHostUrl, postToHost } from './host-client.ts';

interface Options {
  decision: string;
  by: string;
  why: string;
  host: string;
}

/** `bivak host decide PAYMENT ATTEMPT --decision … --by NAME --why TEXT`: records a person's decision about an attempt. */
export function addDecide(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  const decisions = attemptDecisions.join(', ');
  host
    .command('decide')
    .description(t('cli:decide.about'))
    .argument('<payment>', t('cli:decide.payment'))
    .argument('<attempt>', t('cli:decide.attempt'))
    .addOption(
      new Option('--decision <decision>', t('cli:decide.decision', { decisions }))
        .choices(attemptDecisions)
        .makeOptionMandatory(),
    )
    .requiredOption('--by <name>', t('cli:decide.by'))
    .requiredOption('--why <text>', t('cli:decide.why'))
    .option('--host <url>', t('cli:acknowledge.host'), defaultHostUrl)
    .action(async (payment: string, attempt: string, { decision, by, why, host: url }: Options) => {
      const body = hostApi.decision.safeParse({ decision, by, why });
      const path = `/v1/payments/${encodeURIComponent(payment)}/attempts/${encodeURIComponent(attempt)}/decision`;
      const fault = body.success
        ? await postToHost(url, path, body.data, renderer)
        : t('cli:decide.badWords');
      if (fault === undefined) {
        console.log(t('cli:decide.done', { payment, attempt, decision, by }));
        return;
      }
      console.error(`bivak host decide: ${fault}`);
      process.exitCode = 1;
    });
}
