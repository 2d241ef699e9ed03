import { terminalRenderer } from '@bivak/messages';
import { Command, CommanderError } from 'commander';
import { addAcknowledge } from './acknowledge.ts';
import { addDecide } from './decide.ts';
import { addDecideSale } from './decide-sale.ts';
import { addInspect } from './inspect.ts';
import { addProcesses } from './run.ts';
import { addStoreDecisions } from './store.ts';

/** The command line was wrong: nothing was done. */
const wrongUsage = 2;

const renderer = terminalRenderer(process.env);
const { t } = renderer;
const examples = [
  ['bivak start --once', t('cli:example.once')],
  ['bivak host --config host.json', t('cli:example.host')],
  ['bivak host acknowledge ALARM --by Anna', t('cli:example.acknowledge')],
  ['bivak inspect fn 05', t('cli:example.frame')],
  ['bivak inspect iso8583 --profile north capture.bin', ''],
] as const;

const program = new Command('bivak')
  .description(t('cli:about'))
  .version('0.1.0')
  .showHelpAfterError()
  .exitOverride()
  .addHelpText(
    'after',
    [
      '',
      t('cli:examples'),
      ...examples.map(([command, about]) => `  ${command.padEnd(40)}${about}`.trimEnd()),
      '',
      t('cli:ends'),
    ].join('\n'),
  );
const { host } = addProcesses(program, t);
addAcknowledge(host, renderer);
addDecide(host, renderer);
addDecideSale(host, renderer);
addStoreDecisions(host, renderer);
addInspect(program, t);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // It is written already; for the help or the version it ends with 0.
  process.exitCode = error.exitCode === 0 ? 0 : wrongUsage;
}
