import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinkSample, modelledRide, playedRide, recordedRide, seededRandom } from './model.ts';

function ride(seed: number, lengthMs: number): LinkSample[] {
  const samples: LinkSample[] = [];
  let totalMs = 0;
  for (const sample of modelledRide(seededRandom(seed))) {
    samples.push(sample);
    totalMs += sample.durationMs;
    if (totalMs > lengthMs) return samples;
  }
  return samples;
}

const total = (samples: readonly LinkSample[]): number =>
  samples.reduce((sum, { durationMs }) => sum + durationMs, 0);
const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;

describe('a modelled ride', () => {
  const long = ride(7, 40 * 3_600_000);
  const outages = long.filter(({ kbps }) => kbps === 0).map(({ durationMs }) => durationMs);
  const rates = long.filter(({ kbps }) => kbps > 0).map(({ kbps }) => kbps);

  it('is without link for about a fifth of the time, as the recorded rides are', () => {
    const share = outages.reduce((sum, ms) => sum + ms, 0) / total(long);
    expect(share).toBeGreaterThan(0.13);
    expect(share).toBeLessThan(0.25);
  });

  it('has outages and rates within those of the recordings', () => {
    expect(quantile(outages, 0.5)).toBeGreaterThan(5_000);
    expect(quantile(outages, 0.5)).toBeLessThan(38_000);
    expect(Math.max(...outages)).toBeLessThanOrEqual(160_000);
    expect(quantile(rates, 0.1)).toBeGreaterThan(39);
    expect(quantile(rates, 0.1)).toBeLessThan(430);
    expect(quantile(rates, 0.5)).toBeGreaterThan(270);
    expect(quantile(rates, 0.5)).toBeLessThan(1_450);
    expect(quantile(rates, 0.9)).toBeLessThan(4_200);
  });

  it('is the same for the same seed and another for another', () => {
    expect(ride(3, 600_000)).toEqual(ride(3, 600_000));
    expect(ride(3, 600_000)).not.toEqual(ride(4, 600_000));
  });

  it('is played stretch by stretch, and goes on from now after a long jump of the clock', () => {
    const played = playedRide(modelledRide(seededRandom(3)));
    const [first, second] = ride(3, 600_000) as [LinkSample, LinkSample];
    expect(played.at(0)).toEqual({ sample: first, endsMs: first.durationMs });
    expect(played.at(first.durationMs).sample).toEqual(second);
    expect(played.at(10 ** 12).endsMs).toBeGreaterThan(10 ** 12);
  });
});

describe('a recorded ride', () => {
  const sample = (durationMs: number, kbps: number): LinkSample => ({ durationMs, kbps, latencyMs: 3 });

  it('begins again at its end, lets samples of no length out, and joins those without link', () => {
    const played = recordedRide([sample(0, 9), sample(1.5, 2), sample(2, 0), sample(0, 9), sample(2, 0)]);
    expect(played.at(0)).toEqual({ sample: sample(1.5, 2), endsMs: 1.5 });
    expect(played.at(1.5)).toEqual({ sample: sample(4, 0), endsMs: 5.5 });
    expect(played.at(5.5)).toEqual({ sample: sample(1.5, 2), endsMs: 7 });
  });

  it('is found at any time at once, however short its samples are and however far the clock has jumped', () => {
    const lengthMs = fc.oneof(
      fc.double({ min: 1e-9, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 10 ** 9 }),
    );
    fc.assert(
      fc.property(
        fc.array(lengthMs, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        (lengthsMs, elapsedMs) => {
          const samples = lengthsMs.map((durationMs, index) => sample(durationMs, index % 3));
          const { sample: found, endsMs } = recordedRide(samples).at(elapsedMs);
          expect(samples.some(({ kbps }) => kbps === found.kbps)).toBe(true);
          expect(Number.isFinite(endsMs)).toBe(true);
        },
      ),
    );
  });
});
