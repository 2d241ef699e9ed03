import {
  alarmLifecycle,
  attemptLifecycle,
  debtLifecycle,
  noticeLifecycle,
  paymentLifecycle,
  saleLifecycle,
} from '@bivak/domain';
import { type Lifecycle, toMermaid } from '@bivak/lifecycle';

const chapters: readonly (readonly [title: string, lifecycle: Lifecycle<string>, file: string])[] = [
  ['A sale, at the till', saleLifecycle as Lifecycle<string>, 'packages/domain/src/sale.ts'],
  ['A payment, at the host', paymentLifecycle as Lifecycle<string>, 'packages/domain/src/payment.ts'],
  ['An attempt at one bank', attemptLifecycle as Lifecycle<string>, 'packages/domain/src/payment.ts'],
  ['A debt', debtLifecycle as Lifecycle<string>, 'packages/domain/src/debt.ts'],
  ['A notice to a cardholder', noticeLifecycle as Lifecycle<string>, 'packages/domain/src/notice.ts'],
  ['An alarm', alarmLifecycle as Lifecycle<string>, 'packages/domain/src/alarms.ts'],
];

/** docs/lifecycles.md, from the tables that the code itself runs on. */
export function lifecyclesPage(): string {
  const head =
    '# Lifecycles\n\nDrawn from the tables in the code by `npm run lifecycles`; a test holds that this page is what they say.\n';
  return [head, ...chapters.map(([title, lifecycle, file]) => chapter(title, lifecycle, file))].join('\n');
}

function chapter(title: string, lifecycle: Lifecycle<string>, file: string): string {
  const rows = Object.entries(lifecycle.states).map(
    ([state, { to, means }]) => `| ${state} | ${means} | ${to.join(', ') || 'nothing'} |`,
  );
  return [
    `## ${title}`,
    '',
    `Table: [${file}](../${file})`,
    '',
    '```mermaid',
    toMermaid(lifecycle),
    '```',
    '',
    '| state | means | may become |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
