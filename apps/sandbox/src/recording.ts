import { readFileSync } from 'node:fs';
import { sandboxApi } from '@bivak/contracts';
import type { Translate } from '@bivak/messages';
import { InvalidArgumentError } from 'commander';

/** A fault of the command line, which commander writes with the option's name. */
export const fault = (text: string): InvalidArgumentError => new InvalidArgumentError(text);

/** Reads a recorded radio link. Throws a {@link fault} that says what is wrong with the file, and where. */
export function readRecording(file: string, t: Translate): sandboxApi.LinkSetting {
  const recording = sandboxApi.linkSetting.safeParse({ mode: 'trace', samples: readJson(file, t) });
  if (!recording.success) throw noRecording(t, firstIssue(recording.error.issues));
  const { data } = recording;
  if (data.mode === 'trace' && data.samples.some(passesSomething)) return data;
  throw fault(t('cli:fault.noLink'));
}

function readJson(file: string, t: Translate): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '?' } = error as NodeJS.ErrnoException;
    throw fault(
      code === 'ENOENT' ? t('cli:fault.noFile', { file }) : t('cli:fault.notReadable', { file, code }),
    );
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw noRecording(t, t('cli:fault.notJson', { file, cause: (error as Error).message }));
  }
}

const noRecording = (t: Translate, cause: string): InvalidArgumentError =>
  fault(t('cli:fault.noRecording', { cause }));

const passesSomething = (sample: { duration_ms: number; bandwidth_kbps: number }): boolean =>
  sample.duration_ms > 0 && sample.bandwidth_kbps > 0;

/** "samples[2].latency_ms: …": the first thing that is wrong, and its place. */
function firstIssue(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const { path, message } = issues[0]!;
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${place.slice(1)}: ${message}`;
}
