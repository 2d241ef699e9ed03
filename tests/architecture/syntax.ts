import { parseSync } from '@swc/core';
import type { SourceFile } from './source-tree.ts';

/** What a file says in literals, without its comments. */
export interface Literals {
  /** Texts in quotes, in templates and between tags. */
  texts: string[];
  /** Patterns of regular expressions, those that are made from a text included. */
  patterns: string[];
  /** Texts that something is compared with, or that are looked for in something. */
  compared: string[];
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const looking = /^(includes|startsWith|endsWith|indexOf|lastIndexOf|replace|replaceAll|split|search)$/;
const matching = /^(match|matchAll|RegExp)$/;
const comparing = /^(===|!==|==|!=)$/;

/** Reads a source file's literals from its syntax tree. */
export function literalsOf({ path, text }: SourceFile): Literals {
  const found: Literals = { texts: [], patterns: [], compared: [] };
  const visit = (node: unknown): void => {
    if (!isNode(node)) return;
    if (!Array.isArray(node)) note(node, found);
    for (const inner of Object.values(node)) visit(inner);
  };
  visit(parseSync(text, { syntax: 'typescript', tsx: path.endsWith('x') }).body);
  return found;
}

function note(node: Node, found: Literals): void {
  const text = textOf(node);
  if (text !== undefined) found.texts.push(text);
  if (node.type === 'RegExpLiteral') found.patterns.push(String(node.pattern));
  if (node.type === 'BinaryExpression' && comparing.test(String(node.operator)))
    found.compared.push(...[node.left, node.right].flatMap(textsIn));
  if (node.type === 'SwitchCase') found.compared.push(...textsIn(node.test));
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
  const [first] = Array.isArray(node.arguments) ? node.arguments : [];
  const texts = isNode(first) ? textsIn(first.expression) : [];
  const name = calledName(node.callee);
  if (matching.test(name)) found.patterns.push(...texts);
  if (looking.test(name)) found.compared.push(...texts);
}

const textsIn = (node: unknown): string[] => {
  const text = isNode(node) ? textOf(node) : undefined;
  return text === undefined ? [] : [text];
};

function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral' || node.type === 'JSXText') return String(node.value);
  return node.type === 'TemplateElement' ? String(node.raw) : undefined;
}

function calledName(callee: unknown): string {
  if (!isNode(callee)) return '';
  if (callee.type === 'Identifier') return String(callee.value);
  return callee.type === 'MemberExpression' && isNode(callee.property) ? String(callee.property.value) : '';
}
