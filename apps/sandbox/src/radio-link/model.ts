/**
 * A stretch of the link: how long, how fast (0: no link), how late. The latency is that of a request and its answer, as in
 * the recordings (and in sabre, which converted them): each way takes half of it.
 */
export interface LinkSample {
  durationMs: number;
  kbps: number;
  latencyMs: number;
}

/** Numbers between 0 and 1 from a seed, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Statistics of the train and commuter rides of Riiser et al., "Commute path bandwidth traces from 3G networks" (ACM MMSys
 * 2013): a fifth of the time without link, in outages of 11 to 38 s in the median and 31 to 160 s at the long end; with
 * link a rate of 40 to 400 kbit/s (10 %), 270 to 1400 (50 %) and 1400 to 4000 (90 %).
 */
const statistics = {
  shareWithoutLink: 0.2,
  outageMedianMs: 20_000,
  /** Spread of the logarithm: half as long again at 63 %, three times as long at 87 %. */
  outageSpread: 0.9,
  maxOutageMs: 160_000,
  rateMedianKbps: 900,
  rateSpread: 1.0,
  rateLeastKbps: 40,
  rateMostKbps: 4_200,
  latencyMedianMs: 90,
  latencySpread: 0.5,
  stretchMs: 5_000,
} as const;

/** A value whose logarithm is normally distributed around the median's (Box–Muller). */
function logNormal(random: () => number, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

const between = (min: number, value: number, max: number): number => Math.min(max, Math.max(min, value));

/** An endless ride: outages and stretches of some rate in turn. */
export function* modelledRide(random: () => number): Generator<LinkSample, never> {
  for (;;) {
    const outageMs = between(
      1_000,
      logNormal(random, statistics.outageMedianMs, statistics.outageSpread),
      statistics.maxOutageMs,
    );
    // Time with link between outages, so that the share without link comes out: around its mean, from a half to one and a half.
    let upMs =
      ((outageMs * (1 - statistics.shareWithoutLink)) / statistics.shareWithoutLink) * (0.5 + random());
    while (upMs > 0) {
      const durationMs = Math.min(upMs, statistics.stretchMs);
      upMs -= durationMs;
      yield {
        durationMs,
        kbps: between(
          statistics.rateLeastKbps,
          logNormal(random, statistics.rateMedianKbps, statistics.rateSpread),
          statistics.rateMostKbps,
        ),
        latencyMs: logNormal(random, statistics.latencyMedianMs, statistics.latencySpread),
      };
    }
    yield { durationMs: outageMs, kbps: 0, latencyMs: 0 };
  }
}

/** A ride as it is played: times are counted from its beginning. */
export interface Ride {
  /** The stretch at a time (never earlier than one asked for before), and when it ends. */
  at(elapsedMs: number): { sample: LinkSample; endsMs: number };
}

/** A jump of the clock over so long a time is not played: nobody was there to see what was between. */
const maxPlayedMs = 3_600_000;

/** Plays stretches one after another. After a long jump of the clock the next stretch begins where the jump has ended. */
export function playedRide(stretches: Iterator<LinkSample, never>): Ride {
  let sample = stretches.next().value;
  let endsMs = sample.durationMs;
  return {
    at(elapsedMs) {
      if (elapsedMs - endsMs > maxPlayedMs) endsMs = elapsedMs;
      while (endsMs <= elapsedMs) {
        sample = stretches.next().value;
        endsMs += sample.durationMs;
      }
      return { sample, endsMs };
    },
  };
}

/** Plays a recording over and over. Its samples have to last some time, all in all. */
export function recordedRide(samples: readonly LinkSample[]): Ride {
  const stretches = outagesJoined(samples.filter(({ durationMs }) => durationMs > 0));
  let totalMs = 0;
  const endsMs = stretches.map(({ durationMs }) => (totalMs += durationMs));
  return {
    at(elapsedMs) {
      const roundMs = Math.floor(elapsedMs / totalMs) * totalMs;
      const index = Math.min(firstAbove(endsMs, elapsedMs - roundMs), stretches.length - 1);
      return { sample: stretches[index]!, endsMs: roundMs + endsMs[index]! };
    },
  };
}

/** Samples without link that follow one another are one outage: its end is what matters. */
function outagesJoined(samples: readonly LinkSample[]): LinkSample[] {
  const joined: LinkSample[] = [];
  for (const sample of samples) {
    const last = joined.at(-1);
    if (last?.kbps === 0 && sample.kbps === 0)
      joined[joined.length - 1] = { ...last, durationMs: last.durationMs + sample.durationMs };
    else joined.push(sample);
  }
  return joined;
}

/** Index of the first of ascending `values` that is above `limit`; their number if none is. */
function firstAbove(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
