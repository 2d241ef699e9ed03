import { problemDocument } from '@bivak/domain';
import type { Renderer } from '@bivak/messages';

/** Where the host of `npm start` listens, if its port was free. */
export const defaultHostUrl = 'http://127.0.0.1:8710';
const hostTimeoutMs = 10_000;

/** Posts to a host what a person has said. What kept the host from recording it; undefined if it has. */
export async function postToHost(
  host: string,
  path: string,
  body: object,
  { t, language }: Renderer,
): Promise<string | undefined> {
  if (!URL.canParse(host)) return t('cli:acknowledge.badHost', { host });
  try {
    const answer = await fetch(`${new URL(host).origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(hostTimeoutMs),
    });
    if (answer.ok) return undefined;
    const problem = problemDocument.safeParse(await answer.json().catch(() => undefined));
    return problem.data?.detail ?? t('cli:acknowledge.unexpected', { host, status: answer.status });
  } catch {
    return t('cli:acknowledge.noAnswer', { host });
  }
}
