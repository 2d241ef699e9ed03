import { describe, expect, it } from 'vitest';
import { withoutProxyOnLoopback } from './index.ts';

describe('the environment of a process', () => {
  it.each([
    [{}, '127.0.0.1,localhost,::1'],
    [{ NO_PROXY: 'example.org, localhost' }, 'example.org,localhost,127.0.0.1,::1'],
    [{ NO_PROXY: 'unread', no_proxy: '*' }, '*'],
  ])('%j excepts loopback from the proxy', (given, exceptions) => {
    const environment = withoutProxyOnLoopback({ PATH: 'bin', ...given });
    expect(environment).toEqual({ PATH: 'bin', no_proxy: exceptions, NO_PROXY: exceptions });
  });
});
