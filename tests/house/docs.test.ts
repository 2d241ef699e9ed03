import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { livesPage } from '../../tools/lives.ts';
import { root, trackedPaths } from './source-tree.ts';

describe('the docs', () => {
  it('draw the lives as the code has them (else: npm run lives)', () => {
    expect(readFileSync(join(root, 'docs', 'lives.md'), 'utf8')).toBe(livesPage());
  });

  it('link only to what is there', () => {
    const dead = trackedPaths(/\.md$/).flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => join(root, dirname(path), target!))
        .filter((target) => !existsSync(target))
        .map((target) => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it('name in docs/features.md only rooms and tests that are there', () => {
    const named = [
      ...readFileSync(join(root, 'docs', 'features.md'), 'utf8').matchAll(
        /`((?:apps|packages|tests)\/[^`\s]+)`/g,
      ),
    ].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
