import { hostApi } from '@bivak/contracts';
import { attemptDecisions, debtDecisions } from '@bivak/domain';
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
 * `bivak host decide PAYMENT [ATTEMPT] --decision … --by NAME --why TEXT`: records a person's decision about an attempt; without
 * one, about the payment's debt.
 */
export function addDecide(host: Command, renderer: Renderer): void {
  const { t } = renderer;
  const all = [...attemptDecisions, ...debtDecisions];
  host
    .command('decide')
    .description(t('cli:decide.about'))
    .argument('<payment>', t('cli:decide.payment'))
    .argument('[attempt]', t('cli:decide.attempt'))
    .addOption(
      new Option('--decision <decision>', t('cli:decide.decision', { decisions: all.join(', ') }))
        .choices(all)
        .makeOptionMandatory(),
    )
    .requiredOption('--by <name>', t('cli:decide.by'))
    .requiredOption('--why <text>', t('cli:decide.why'))
    .option('--host <url>', t('cli:acknowledge.host'), defaultHostUrl)
    .action(async (payment: string, attempt: string | undefined, options: Options) => {
      const { decision, by } = options;
      const fault = await record(payment, attempt, options, renderer);
      if (fault === undefined) {
        console.log(
          attempt === undefined
            ? t('cli:decide.doneDebt', { payment, decision, by })
            : t('cli:decide.done', { payment, attempt, decision, by }),
        );
        return;
      }
      console.error(`bivak host decide: ${fault}`);
      process.exitCode = 1;
    });
}

/** Has the host record a decision; resolves with what kept it from that, undefined if nothing did. */
async function record(
  payment: string,
  attempt: string | undefined,
  { decision, by, why, host }: Options,
  renderer: Renderer,
): Promise<string | undefined> {
  const { t } = renderer;
  const about =
    attempt === undefined
      ? { decisions: debtDecisions, schema: hostApi.debtDecisionMade, other: 'notOfDebt' as const }
      : { decisions: attemptDecisions, schema: hostApi.decision, other: 'notOfAttempt' as const };
  const possible: readonly string[] = about.decisions;
  if (!possible.includes(decision)) return t(`cli:decide.${about.other}`, { decisions: possible.join(', ') });
  const body = about.schema.safeParse({ decision, by, why });
  if (!body.success) return t('cli:decide.badWords');
  const id = encodeURIComponent(payment);
  const path =
    attempt === undefined
      ? `/v1/debts/${id}/decision`
      : `/v1/payments/${id}/attempts/${encodeURIComponent(attempt)}/decision`;
  return postToHost(host, path, body.data, renderer);
}
