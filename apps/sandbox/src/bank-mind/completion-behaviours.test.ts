import { describe, expect, it } from 'vitest';
import { completionBehaviours, inquiryBehaviours } from './completion-behaviours.ts';
import { MindWorld, moneyMessage } from './testing/world.ts';

const minute = 60_000;
const sum = 40_000;
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

/** A bank that reserves, has reserved, and always does one thing. */
class Reserved extends MindWorld {
  readonly connection: number;

  constructor(name: string, seed = 1) {
    super({ weights: { [name]: 1 }, seed }, 'ural');
    this.connection = this.signOn();
    this.say('0100');
  }

  say(type: string, change: Record<number, string | null> = {}): void {
    this.send(this.connection, moneyMessage(this.profile, type, change));
  }

  inquire(): void {
    const original = moneyMessage(this.profile, '0600').get(90)!;
    this.say('0600', { 11: '000800', 90: original });
  }

  /** Codes of what was answered after the reservation. */
  get codesHere(): (string | undefined)[] {
    return this.codes(this.connection).slice(1);
  }
}

/** What was said to a completion, and what was debited, in each of many lives. */
const lives = (name: string, passMs = 0): string[] =>
  seeds.map((seed) => {
    const world = new Reserved(name, seed);
    world.say('0220');
    world.pass(passMs);
    return `${world.codesHere.join(' ')}: ${world.netMinor()}`;
  });
const distinct = (items: readonly unknown[]): Set<unknown> => new Set(items);

const shown: Record<string, () => void> = {
  'loses-completion': () => expect(distinct(lives('loses-completion', minute))).toEqual(distinct([': 0'])),
  'keeps-completion-answer': () =>
    expect(distinct(lives('keeps-completion-answer', minute))).toEqual(distinct([`: ${sum}`])),
  'never-answers-completions': () => {
    expect(distinct(lives('never-answers-completions', minute))).toEqual(distinct([': 0', `: ${sum}`]));
    const world = new Reserved('never-answers-completions', 3);
    for (const type of ['0220', '0221', '0221']) world.say(type);
    expect(world.codesHere).toEqual([]);
  },
  'slow-to-complete': () => {
    expect(distinct(lives('slow-to-complete'))).toEqual(distinct([`: ${sum}`]));
    expect(distinct(lives('slow-to-complete', 180 * minute))).toEqual(distinct([`00: ${sum}`]));
  },
  'completes-later': () => {
    expect(distinct(lives('completes-later'))).toEqual(distinct([': 0']));
    const world = new Reserved('completes-later');
    world.say('0220');
    world.pass(11 * minute);
    expect([world.netMinor(), world.answers(world.connection).at(-1)!.get(0)]).toEqual([sum, '0230']);
  },
  'declines-completion': () =>
    expect(distinct(lives('declines-completion', minute))).toEqual(distinct(['25: 0', '05: 0', '12: 0'])),
  'declines-then-completes': () => {
    expect(distinct(lives('declines-then-completes'))).toEqual(distinct(['25: 0']));
    for (const life of lives('declines-then-completes', minute)) expect(life).toMatch(/^25 00.*: 40000$/);
  },
  'trouble-at-completion': () =>
    expect(distinct(lives('trouble-at-completion', minute))).toEqual(
      distinct(['96: 0', `96: ${sum}`, '91: 0', `91: ${sum}`]),
    ),
  'says-an-odd-code-to-completion': () => {
    const seen = lives('says-an-odd-code-to-completion', minute);
    expect(distinct(seen.map((life) => life.split(': ')[1]))).toEqual(distinct(['0', String(sum)]));
    expect(distinct(seen.map((life) => life.split(': ')[0]))).toEqual(
      distinct(['94', '21', '77', 'ZZ', '09']),
    );
  },
  'ignores-inquiry': () => {
    const world = new Reserved('ignores-inquiry');
    world.inquire();
    expect(world.codesHere).toEqual([]);
  },
  'denies-at-inquiry': () => {
    const world = new Reserved('denies-at-inquiry');
    world.say('0220');
    world.inquire();
    expect([world.codesHere, world.netMinor()]).toEqual([['00', '25'], sum]);
  },
  'says-an-odd-code-to-inquiry': () => {
    const seen = seeds.map((seed) => {
      const world = new Reserved('says-an-odd-code-to-inquiry', seed);
      world.inquire();
      return world.codesHere[0];
    });
    expect(distinct(seen)).toEqual(distinct(['96', '12', '09', 'ZZ']));
  },
};

describe('a bank that reserves and always', () => {
  const names = [...completionBehaviours, ...inquiryBehaviours].map(({ name }) => name);
  it.each(names)('%s: on the wire and in its books', (name) => {
    expect(Object.keys(shown)).toContain(name);
    shown[name]!();
  });
});

describe('a bank that is reached by TLS', () => {
  it('cuts handshakes by its share of them, and none if it is honest', () => {
    const cut = (share: number): number => {
      const { mind } = new MindWorld({ weights: { 'cuts-handshake': share } }, 'baikal');
      return Array.from({ length: 200 }, () => mind.cutsHandshake()).filter(Boolean).length;
    };
    expect([cut(0), cut(1)]).toEqual([0, 200]);
    expect(cut(0.5)).toBeGreaterThan(50);
    expect(cut(0.5)).toBeLessThan(150);
  });
});
