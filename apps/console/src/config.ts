import { z } from 'zod';

const loopbackUrl = z.url({ protocol: /^https?$/ });

/** The console's config file. */
export const consoleConfig = z.object({
  /** Where the console listens on loopback; 0 takes a free port. */
  port: z.number().int().min(0).max(65_535),
  /** The host's API. */
  hostUrl: loopbackUrl,
  /** The sandbox's panel if there is one: the console then links to it. */
  sandboxUrl: loopbackUrl.optional(),
  /** The site's time zone (IANA), in which the console shows times. */
  timeZone: z.string().optional(),
  tills: z.array(z.object({ tillId: z.string(), url: loopbackUrl })).default([]),
});
export type ConsoleConfig = z.infer<typeof consoleConfig>;
