import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lifecyclesPage } from '../../tools/lifecycles.ts';
import { withRoomsPictures } from '../../tools/rooms-page.ts';
import { root, trackedPaths } from './source-tree.ts';

describe('the docs', () => {
  it('draw the lifecycles as the code has them (else: npm run lifecycles)', () => {
    expect(readFileSync(join(root, 'docs', 'lifecycles.md'), 'utf8')).toBe(lifecyclesPage());
  });

  it('draw who imports whom as the code has it (else: npm run rooms)', () => {
    const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
    expect(withRoomsPictures(page)).toBe(page);
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

  it('list every line of the features once, each that works with rooms and tests that are there', () => {
    const rows = readFileSync(join(root, 'docs', 'features.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| S\d/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.map(([, number]) => number)).toEqual(
      Array.from({ length: 17 }, (_, index) => `S${index + 1}`),
    );
    const tests = trackedPaths(/\.test\.tsx?$/);
    const wrong = rows.flatMap(([, number = '', , room = '', proofs = '', state = '']) => {
      const [rooms, places] = [quoted(room), quoted(proofs)];
      if (state.startsWith('planned')) return [];
      return [
        ...(/^(works$|begun)/.test(state) ? [] : [`${number}: ${state} is no state`]),
        ...(rooms.length > 0 && places.length > 0 ? [] : [`${number}: names no room or no test`]),
        ...rooms.filter((path) => !existsSync(join(root, path))).map((path) => `${number}: no room ${path}`),
        ...places
          .filter((place) => !tests.some((path) => path === place || path.startsWith(`${place}/`)))
          .map((place) => `${number}: no test in ${place}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('name only files, folders and commands that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const wrong = trackedPaths(/\.md$/).flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const paths = quoted(text).filter((one) => /^(apps|packages|tests|tools|bench|docs|data)\//.test(one));
      const commands = [...text.matchAll(/\bnpm run (?:--silent )?([a-z]+)/g)].map(([, name]) => name!);
      return [
        ...paths.filter((one) => !existsSync(join(root, one))).map((one) => `${path}: no ${one}`),
        ...commands
          .filter((name) => scripts[name] === undefined)
          .map((name) => `${path}: no npm run ${name}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('say the same in the README of either language', () => {
    const [english, russian] = ['README.md', 'README.ru.md'].map((path) =>
      readFileSync(join(root, path), 'utf8'),
    );
    expect(skeleton(russian!)).toEqual(skeleton(english!));
  });
});

/** What stands in `backticks`, without what is no path (a space, a sign of a pattern). */
const quoted = (text: string): string[] =>
  [...text.matchAll(/`([^`\s*{}…]+)`/g)].map(([, one]) => one!.replace(/[/]$/, ''));

/** What a README says in no language: its headings' levels, commands, links and the arrows of its picture. */
const skeleton = (text: string): string[] =>
  [...text.matchAll(/^#+ |^npm \w+|^\| `[^`]+` \||\]\([^)]+\)|\w+ (?:-- .* )?--> \w+/gm)]
    .map(([one]) => one.replace(/-- .* -->/, '-->'))
    .filter((one) => !/README/.test(one));
