import { describe, expect, it } from 'vitest';
import { type LinkSample, modelledRide, recordedRide, seededRandom } from './model.ts';

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

  it('a recording begins again at its end', () => {
    const samples = [
      { durationMs: 1, kbps: 2, latencyMs: 3 },
      { durationMs: 4, kbps: 0, latencyMs: 0 },
    ];
    const played = recordedRide(samples);
    expect([1, 2, 3].map(() => played.next().value)).toEqual([samples[0], samples[1], samples[0]]);
  });
});
