import { existsSync, readFileSync, statSync } from 'node:fs';
import { bankProfile, bankProfileNames } from '@bivak/bank-profiles';
import { describeDocument, describeFrame } from '@bivak/fiscal';
import { describeMessage } from '@bivak/iso8583';
import { describeStopList } from '@bivak/stoplist';
import type { Command } from 'commander';

/** What is to be inspected cannot be read: said in one line. */
class Unreadable extends Error {}

/** The largest capture that is read. */
const longestBytes = 16_777_216;
const fromStdin = '-';

/** `bivak inspect …`: what a message, a document, a frame or a stop-list holds, as JSON. */
export function addInspect(program: Command): void {
  const inspect = program
    .command('inspect')
    .description(
      'print what bytes from a capture hold, as JSON: hex digits, a file, or "-" for standard input',
    );
  inspect
    .command('iso8583')
    .description('an ISO 8583 message of a bank profile; card numbers are masked')
    .requiredOption('--profile <name>', `whose messages they are: ${bankProfileNames.join(', ')}`)
    .argument('<hex-or-file>', 'the message, with or without its length header')
    .action((input: string, { profile }: { profile: string }) =>
      print(() => describeMessage(bankProfile(profile), bytesOf(input))),
    );
  inspect
    .command('ffd')
    .description('a fiscal document, a container, a message to the operator, or a list of tags (TLV)')
    .argument('<hex-or-file>')
    .action((input: string) => print(() => describeDocument(bytesOf(input).toString('hex'))));
  inspect
    .command('fn')
    .description('frames of the fiscal drive’s protocol')
    .argument('<hex-or-file>')
    .action((input: string) => print(() => describeFrame(bytesOf(input).toString('hex'))));
  inspect
    .command('stoplist')
    .description('a signed stop-list message')
    .argument('<base64-or-file>')
    .action((input: string) => print(() => describeStopList(textOf(input))));
}

/** Hex digits (blanks allowed), or what holds hex digits or the bytes themselves: a file or standard input. */
export function bytesOf(input: string): Buffer {
  const content = contentOf(input);
  if (content !== undefined) return hexOf(content.toString('latin1')) ?? content;
  const hex = hexOf(input);
  if (hex === undefined)
    throw new Unreadable(`"${input.slice(0, 40)}" is neither a file nor an even number of hex digits`);
  return hex;
}

const textOf = (input: string): string => contentOf(input)?.toString('utf8') ?? input;

/** What the file (or standard input) holds; undefined where the input names none. */
function contentOf(input: string): Buffer | undefined {
  if (input === fromStdin) return notEmpty('standard input', readFileSync(0));
  if (!existsSync(input)) return undefined;
  const file = statSync(input);
  if (file.isDirectory()) throw new Unreadable(`${input} is a folder`);
  if (file.size > longestBytes) throw new Unreadable(`${input} is larger than ${longestBytes} bytes`);
  return notEmpty(input, readFileSync(input));
}

function notEmpty(what: string, content: Buffer): Buffer {
  if (content.length === 0) throw new Unreadable(`${what} is empty`);
  return content;
}

function hexOf(text: string): Buffer | undefined {
  const digits = text.replaceAll(/\s/g, '');
  return /^(?:[0-9a-fA-F]{2})+$/.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}

function print(describe: () => unknown): void {
  try {
    const description = describe() as { error?: { message: string; offset: number } };
    const { error } = description;
    if (error !== undefined) throw new Unreadable(`byte ${error.offset}: ${error.message}`);
    console.log(JSON.stringify(description, null, 2));
  } catch (error) {
    console.error(`bivak inspect: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
