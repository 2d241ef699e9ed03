import { Problem } from '@bivak/domain';
import type { ApiServer } from '@bivak/http-api';

/** "127.0.0.1:8731" and its like. */
const isLoopback = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);

/**
 * Nobody signs in at the till's own address, so that only what runs on this machine may use it: not a page of another
 * site that a browser here has open (its Origin is another), and not one whose name was pointed at this machine (its
 * Host is no loopback name). Nor may another page show the till in a frame, where a press meant for that page would pay.
 */
export function guardLoopback(server: ApiServer): void {
  server.addHook('onRequest', async ({ headers }, reply) => {
    reply.header('content-security-policy', "frame-ancestors 'none'");
    const { host = '', origin } = headers;
    const isForeign = origin !== undefined && origin !== `http://${host}`;
    if (isForeign || !isLoopback(host)) throw new Problem('foreign-page', {});
  });
}
