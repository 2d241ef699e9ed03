import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificates } from './certificates.ts';

describe('the certificates of a sandbox', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bivak-certificates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const filesOf = (name: string) => ({
    caFile: join(folder, 'ca.pem'),
    certificateFile: join(folder, `${name}.pem`),
    keyFile: join(folder, `${name}.key`),
  });
  const subjects = () =>
    [
      { name: 'bank.sandbox', role: 'server', files: filesOf('bank') },
      { name: 'host.sandbox', role: 'client', files: filesOf('host') },
    ] as const;

  it('are one authority’s, each for its name and its own key, and stay as they are', async () => {
    await makeCertificates(subjects(), Date.now());
    const read = (file: string) => new X509Certificate(readFileSync(join(folder, file)));
    const authority = read('ca.pem');
    for (const name of ['bank', 'host']) {
      const certificate = read(`${name}.pem`);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkHost(`${name}.sandbox`)).toBe(`${name}.sandbox`);
      expect(statSync(join(folder, `${name}.key`)).mode & 0o077).toBe(0);
    }
    const before = readFileSync(join(folder, 'bank.pem'), 'utf8');
    await makeCertificates(subjects(), Date.now());
    expect(readFileSync(join(folder, 'bank.pem'), 'utf8')).toBe(before);
  });
});
