import { existsSync, readFileSync, statSync } from 'node:fs';
import { bankProfile, bankProfileNames } from '@bivak/bank-profiles';
import { describeDocument, describeFrame } from '@bivak/fiscal';
import { describeMessage } from '@bivak/iso8583';
import type { Translate } from '@bivak/messages';
import { describeStopList } from '@bivak/stoplist';
import type { Command } from 'commander';

/** What is to be inspected cannot be read: said in one line. */
class Unreadable extends Error {
  readonly say: (t: Translate) => string;
  constructor(say: (t: Translate) => string) {
    super('unreadable');
    this.say = say;
  }
}

/** The largest capture that is read. */
const maxBytes = 16_777_216;
const fromStdin = '-';

/** `bivak inspect …`: what a message, a document, a frame or a stop-list holds, as JSON. */
export function addInspect(program: Command, t: Translate): void {
  const inspect = program.command('inspect').description(t('cli:inspect.about'));
  inspect
    .command('iso8583')
    .description(t('cli:inspect.iso8583'))
    .requiredOption('--profile <name>', t('cli:inspect.profile', { profiles: bankProfileNames.join(', ') }))
    .argument('<hex-or-file>', t('cli:inspect.message'))
    .action((input: string, { profile }: { profile: string }) =>
      print(t, () => describeMessage(bankProfile(profile), bytesOf(input))),
    );
  inspect
    .command('ffd')
    .description(t('cli:inspect.ffd'))
    .argument('<hex-or-file>')
    .action((input: string) => print(t, () => describeDocument(bytesOf(input).toString('hex'))));
  inspect
    .command('fn')
    .description(t('cli:inspect.fn'))
    .argument('<hex-or-file>')
    .action((input: string) => print(t, () => describeFrame(bytesOf(input).toString('hex'))));
  inspect
    .command('stoplist')
    .description(t('cli:inspect.stopList'))
    .argument('<base64-or-file>')
    .action((input: string) => print(t, () => describeStopList(textOf(input))));
}

/** Hex digits (blanks allowed), or what holds hex digits or the bytes themselves: a file or standard input. */
export function bytesOf(input: string): Buffer {
  const content = contentOf(input);
  if (content !== undefined) return hexOf(content.toString('latin1')) ?? content;
  const hex = hexOf(input);
  if (hex === undefined) throw new Unreadable((t) => t('cli:fault.notHex', { input: input.slice(0, 40) }));
  return hex;
}

const textOf = (input: string): string => contentOf(input)?.toString('utf8') ?? input;

/** What the file (or standard input) holds; undefined if the input names none. */
function contentOf(input: string): Buffer | undefined {
  if (input === fromStdin) return notEmpty((t) => t('cli:inspect.standardInput'), readFileSync(0));
  if (!existsSync(input)) return undefined;
  const file = statSync(input);
  if (file.isDirectory()) throw new Unreadable((t) => t('cli:fault.folder', { file: input }));
  if (file.size > maxBytes) throw new Unreadable((t) => t('cli:fault.tooLarge', { file: input, maxBytes }));
  return notEmpty(() => input, readFileSync(input));
}

function notEmpty(nameOf: (t: Translate) => string, content: Buffer): Buffer {
  if (content.length === 0) throw new Unreadable((t) => t('cli:fault.empty', { file: nameOf(t) }));
  return content;
}

function hexOf(text: string): Buffer | undefined {
  const digits = text.replaceAll(/\s/g, '');
  return /^(?:[0-9a-fA-F]{2})+$/.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}

function print(t: Translate, describe: () => unknown): void {
  try {
    const description = describe() as { error?: { message: string; offset: number } };
    const { error } = description;
    if (error !== undefined) {
      const { offset, message: cause } = error;
      throw new Unreadable((say) => say('cli:fault.at', { offset, cause }));
    }
    console.log(JSON.stringify(description, null, 2));
  } catch (error) {
    const fault = error instanceof Unreadable ? error.say(t) : (error as Error).message;
    console.error(`bivak inspect: ${fault}`);
    process.exitCode = 1;
  }
}
