import { createRequire } from 'node:module';
import { z } from 'zod';
import type { IssuerRow } from './issuers.ts';

const bank = z.object({
  code: z.string(),
  localTitle: z.string(),
  engTitle: z.string(),
  prefixes: z.array(z.union([z.string(), z.number()])),
});

/** Issuers and their card prefixes from npm banks-db (CC BY 4.0). An operator's own table takes its place later. */
export function loadIssuerRows(): IssuerRow[] {
  const { data } = createRequire(import.meta.url)('banks-db') as { data: unknown };
  return z
    .array(bank)
    .parse(data)
    .map(({ code, engTitle, prefixes }) => ({ code, name: engTitle, prefixes }));
}
