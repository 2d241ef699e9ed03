import { existsSync, readFileSync } from 'node:fs';
import { describeDocument, describeFrame } from '@bivak/fiscal';
import { describeMessage } from '@bivak/iso8583';
import { describeStopList } from '@bivak/stoplist';
import type { Command } from 'commander';

/** What is to be inspected cannot be read: said in one line. */
class Unreadable extends Error {}

/** `bivak inspect …`: what a message, a document, a frame or a stop-list holds, as JSON. */
export function addInspect(program: Command): void {
  const inspect = program
    .command('inspect')
    .description('print what bytes from a capture hold, as JSON; hex digits or a file');
  inspect
    .command('iso8583')
    .description('an ISO 8583 message of a bank profile; card numbers are masked')
    .requiredOption('--profile <name>', 'north, volga or ural')
    .argument('<hex-or-file>')
    .action((input: string, { profile }: { profile: string }) =>
      print(() => describeMessage(profile, bytesOf(input))),
    );
  inspect
    .command('ffd')
    .description('a fiscal document or list of requisites (TLV)')
    .argument('<hex-or-file>')
    .action((input: string) => print(() => describeDocument(bytesOf(input).toString('hex'))));
  inspect
    .command('fn')
    .description('frames of the fiscal drive’s protocol')
    .argument('<hex-or-file>')
    .action((input: string) => print(() => describeFrame(bytesOf(input).toString('hex'))));
  inspect
    .command('stoplist')
    .description('a signed stop-list message, base64')
    .argument('<base64-or-file>')
    .action((input: string) =>
      print(() => describeStopList(existsSync(input) ? readFileSync(input, 'utf8') : input)),
    );
}

/** Hex digits (blanks allowed), or a file that holds hex digits or the bytes themselves. */
export function bytesOf(input: string): Buffer {
  if (!existsSync(input)) {
    const hex = hexOf(input);
    if (hex === undefined)
      throw new Unreadable(`"${input.slice(0, 40)}" is neither a file nor an even number of hex digits`);
    return hex;
  }
  const content = readFileSync(input);
  return hexOf(content.toString('latin1')) ?? content;
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
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
