import { describe, expect, it } from 'vitest';
import { codeRules } from './code-rules.ts';
import { type SourceFile, sources } from './source-tree.ts';

const file = (path: string, text: string): SourceFile => ({ path, text });

/** For each rule, a tree that breaks it: a rule that cannot fail would hold nothing. */
const breaking: Record<string, SourceFile[]> = {
  'decisions and codecs read neither clock nor chance, and do no I/O': [
    file('packages/rules/src/b.ts', 'const now = Date.now();'),
    file('packages/fiscal/src/c.ts', 'const pair = generateKeyPairSync("ed25519");'),
    file('packages/iso8583/src/d.ts', 'console.log("seen");'),
  ],
  'time comes from the clock port': [
    file('apps/till/src/sale/a.ts', 'const now = Date.now();'),
    file('apps/host/src/payments/b.ts', 'setTimeout(() => {}, 5);'),
  ],
  'nothing at module level remembers anything': [
    file('apps/host/src/payments/a.ts', 'let last = 0;'),
    file('apps/host/src/payments/b.ts', 'const seen: Map<string, number> = new Map();'),
    file('apps/host/src/payments/c.ts', 'const seen = new Map<string, Map<string, number>>();'),
    file('apps/host/src/payments/d.ts', 'export const byId: Record<string, number> = {};'),
    file('apps/host/src/payments/e.ts', 'class Seen {\n  static last = 0;\n}'),
  ],
  'every file of packages/rules has a test beside it': [
    file('packages/rules/src/alone.ts', 'export const x = 1;'),
  ],
  'a file does one thing: no file over 500 lines': [file('apps/host/src/long.ts', 'x\n'.repeat(501))],
  'nothing reads a sentence: no regular expression, and no comparison with a text, where texts are shown': [
    file('apps/console/screen/a.tsx', 'export const A = ({ x }) => <b>{/^declined/.test(x)}</b>;'),
    file('apps/till/screen/b.ts', "const code = new RegExp('code (.+)').exec(x);"),
    file('packages/messages/src/c.ts', "if (x.startsWith('no answer within')) y();"),
    file('apps/sandbox/panel/d.ts', "if (x === 'the bank is silent') y();"),
    file('apps/till/screen/phone.ts', "switch (x) { case 'it is declined': y(); }"),
  ],
  'Russian texts are in packages/messages': [
    file('apps/till/src/sale/a.ts', "const text = 'чек';"),
    file('apps/console/screen/b.tsx', 'export const B = () => <b>чек</b>;'),
    file('apps/host/src/notices/c.ts', 'const text = `чек`;'),
    file('tools/d.ts', 'const isRussian = /[а-я]/;'),
  ],
};

describe('the code', () => {
  const files = sources();

  it.each(codeRules)('$says', ({ breaches }) => {
    expect(breaches(files)).toEqual([]);
  });

  it.each(codeRules)('notices a breach of: $says', ({ says, breaches }) => {
    const samples = breaking[says];
    expect(samples, 'a sample that breaks the rule').toBeDefined();
    expect(samples!.filter((sample) => breaches([sample]).length === 0)).toEqual([]);
  });

  it('may quote a law in Russian in a comment', () => {
    const quoting = file('apps/till/src/sale/a.ts', '// 54-ФЗ, art. 4.7\nexport const x = 1;');
    expect(codeRules.flatMap(({ breaches }) => breaches([quoting]))).toEqual([]);
  });
});
