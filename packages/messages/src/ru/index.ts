import { cardholder } from './cardholder.ts';
import { cli } from './cli.ts';
import { console } from './console.ts';
import { domain } from './domain.ts';
import { notices } from './notices.ts';
import { panel } from './panel.ts';
import { problems } from './problems.ts';
import { receipt } from './receipt.ts';
import { sandbox } from './sandbox.ts';
import { scenario } from './scenario.ts';
import { screen } from './screen.ts';
import { sentences } from './sentences.ts';
import { till } from './till.ts';

/** Every text in Russian. */
export const ru = {
  cardholder,
  cli,
  console,
  domain,
  notices,
  panel,
  problems,
  receipt,
  sandbox,
  scenario,
  screen,
  sentences,
  till,
} as const;
