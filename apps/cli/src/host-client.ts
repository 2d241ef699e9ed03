import { problemDocument } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';

/** Where the host of `npm start` listens, if its port was free. */
export const defaultHostUrl = 'http://127.0.0.1:8710';
const hostTimeoutMs = 10_000;

/** What came of asking a host: its answer, or why there is none, in words. */
export type HostAnswer = { status: number; json: unknown } | { fault: string };

/** Asks a host: posts `body` if there is one, else reads. */
export async function askHost(
  { host, path, body }: { host: string; path: string; body?: object },
  { t, language }: Renderer,
): Promise<HostAnswer> {
  if (!URL.canParse(host)) return { fault: t('cli:acknowledge.badHost', { host }) };
  const headers = { 'content-type': 'application/json', 'accept-language': language };
  const sent = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  try {
    const signal = AbortSignal.timeout(hostTimeoutMs);
    const answer = await fetch(`${new URL(host).origin}${path}`, { ...sent, signal });
    const json: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return { status: answer.status, json };
    const problem = problemDocument.safeParse(json);
    const { status } = answer;
    return { fault: problem.data?.detail ?? t('cli:acknowledge.unexpected', { host, status }) };
  } catch {
    return { fault: t('cli:acknowledge.noAnswer', { host }) };
  }
}

/** Posts to a host what a person has said. What kept the host from recording it; undefined if it has. */
export async function postToHost(
  host: string,
  path: string,
  body: object,
  renderer: Renderer,
): Promise<string | undefined> {
  const answer = await askHost({ host, path, body }, renderer);
  return 'fault' in answer ? answer.fault : undefined;
}
