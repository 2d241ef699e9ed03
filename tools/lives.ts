import { type Lifecycle, toMermaid } from '@bivak/lifecycle';
import { attemptLife, debtLife, paymentLife } from '@bivak/rules';
import { saleLife } from '../apps/till/src/sale/lifecycle.ts';

const chapters: readonly (readonly [title: string, life: Lifecycle<string>, where: string])[] = [
  ['A sale, at the till', saleLife as Lifecycle<string>, 'apps/till/src/sale/lifecycle.ts'],
  ['A payment, at the host', paymentLife as Lifecycle<string>, 'packages/rules/src/payment.ts'],
  ['An attempt at one bank', attemptLife as Lifecycle<string>, 'packages/rules/src/payment.ts'],
  ['A debt', debtLife as Lifecycle<string>, 'packages/rules/src/recovery.ts'],
];

/** docs/lives.md, from the tables that the code itself runs on. */
export function livesPage(): string {
  const head =
    '# Lives\n\nDrawn from the tables in the code by `npm run lives`; a test holds that this page is what they say.\n';
  return [head, ...chapters.map(([title, life, where]) => chapter(title, life, where))].join('\n');
}

function chapter(title: string, life: Lifecycle<string>, where: string): string {
  const rows = Object.entries(life.states).map(
    ([state, { to, means }]) => `| ${state} | ${means} | ${to.join(', ') || 'nothing'} |`,
  );
  return [
    `## ${title}`,
    '',
    `Table: [${where}](../${where})`,
    '',
    '```mermaid',
    toMermaid(life),
    '```',
    '',
    '| state | means | may become |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
