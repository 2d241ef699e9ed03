const loopback = ['127.0.0.1', 'localhost', '::1'];

/**
 * An environment in which this machine's own addresses are reached without a proxy: with `NODE_USE_ENV_PROXY` and
 * `HTTP_PROXY` set, Node would send requests for them to the proxy, which cannot reach them. What is excepted already stays.
 */
export function withoutProxyOnLoopback(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { no_proxy: small, NO_PROXY: capital } = environment;
  const listed = (small ?? capital ?? '').split(',').map((host) => host.trim());
  const exceptions = listed.includes('*')
    ? '*'
    : [...new Set([...listed.filter((host) => host !== ''), ...loopback])].join(',');
  return { ...environment, no_proxy: exceptions, NO_PROXY: exceptions };
}
