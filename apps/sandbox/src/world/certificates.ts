import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { writeWhole } from './whole-file.ts';

/** Where an authority's certificate lies, and a certificate of its with its key, in PEM. */
export interface CertificateFiles {
  caFile: string;
  certificateFile: string;
  keyFile: string;
}

/** Whom a certificate names, and what it is for. */
export interface Subject {
  name: string;
  role: 'server' | 'client';
  files: CertificateFiles;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
/** By real time, which is what TLS looks at. */
const validMs = 10 * 365 * dayMs;

/**
 * Makes an authority and a certificate for each subject, once: what is there already stays. The authority's key is thrown away.
 * They guard test cards only; the files are their owner's alone.
 */
export async function makeCertificates(subjects: readonly Subject[], nowMs: number): Promise<void> {
  const files = subjects.flatMap(({ files: { caFile, certificateFile, keyFile } }) => [
    caFile,
    certificateFile,
    keyFile,
  ]);
  if (files.every((file) => existsSync(file))) return;
  const validity = { notBefore: new Date(nowMs - dayMs), notAfter: new Date(nowMs + validMs) };
  const authorityKeys = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Bivak sandbox authority',
    ...validity,
    signingAlgorithm: algorithm,
    keys: authorityKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  for (const { name, role, files: file } of subjects) {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: authority.subject,
      ...validity,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      extensions: extensionsOf(name, role),
    });
    writeWhole(file.caFile, authority.toString('pem'));
    writeWhole(file.certificateFile, certificate.toString('pem'));
    writeWhole(file.keyFile, await pemOf(keys.privateKey));
  }
}

function extensionsOf(name: string, role: Subject['role']): Extension[] {
  const usage = role === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
  ];
}

const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function pemOf(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
}
