import type { SourceFile } from './source-tree.ts';

/** One SQL text of the host: where it stands, and the text as the server gets it. */
export interface SqlText {
  /** "path" of a file, "path:line" of a statement in code. */
  place: string;
  text: string;
}

/** The statements in a source file's sql`…` templates; every `${value}` is a parameter there, so it is one here. */
export function sqlTextsIn({ path, text }: Pick<SourceFile, 'path' | 'text'>): SqlText[] {
  const found: SqlText[] = [];
  for (const match of text.matchAll(/(?<![\w.])sql`/g)) {
    const start = match.index + match[0].length;
    const line = text.slice(0, match.index).split('\n').length;
    found.push({ place: `${path}:${line}`, text: withParameters(text, start) });
  }
  return found;
}

/** Reads a template from behind its opening backtick; `${rows(…)}` stands for a list of rows. */
function withParameters(source: string, start: number): string {
  let made = '';
  let parameters = 0;
  for (let at = start; at < source.length && source[at] !== '`'; at++) {
    if (source.startsWith('${', at)) {
      const end = endOfExpression(source, at + 2);
      const parameter = `$${++parameters}`;
      made += /^\s*rows\(/.test(source.slice(at + 2, end)) ? `(${parameter})` : parameter;
      at = end;
    } else {
      made += source[at];
    }
  }
  return made;
}

/** The place of the brace that ends an expression, past braces and texts inside it. */
function endOfExpression(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const char = source[at]!;
    if (char === "'" || char === '"' || char === '`') at = source.indexOf(char, at + 1);
    else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
  }
  throw new Error('a template that does not end');
}

/** Statements that are handed over as plain text, past the sql`…` template and so past this lint: their places. */
export function plainStatementsIn({ path, text }: Pick<SourceFile, 'path' | 'text'>): string[] {
  return [...text.matchAll(/\.query(?:<[^(]*>)?\(\s*(?:['"`]|\{\s*text)/g)].map(
    ({ index }) => `${path}:${text.slice(0, index).split('\n').length}`,
  );
}
