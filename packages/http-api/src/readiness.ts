/** One thing that has to work so that a process can do its own work. */
export interface ReadinessCheck {
  name: string;
  /** Resolves with what is wrong, in a word or a few; null if nothing is. One that fails or takes too long is wrong as well. */
  fault: () => Promise<string | null> | string | null;
}

/** What `/readyz` answers: 200 if it is ready, 503 if it is not, with what is wrong at each. */
export interface Readiness {
  status: 'ready' | 'not-ready';
  checks: { name: string; ok: boolean; fault: string | null }[];
}

/** A look that takes longer is as good as a failed one: whoever asks has to know now. */
const maxLookRealMs = 2_000;

/** Looks at everything at once. */
export async function readinessOf(checks: readonly ReadinessCheck[]): Promise<Readiness> {
  const looked = await Promise.all(
    checks.map(async ({ name, fault }) => {
      const found = await inTime(fault);
      return { name, ok: found === null, fault: found };
    }),
  );
  return { status: looked.every(({ ok }) => ok) ? 'ready' : 'not-ready', checks: looked };
}

async function inTime(fault: ReadinessCheck['fault']): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  AbortSignal.timeout(maxLookRealMs).addEventListener('abort', () => resolve('no answer'));
  try {
    return await Promise.race([Promise.resolve().then(fault), late]);
  } catch (error) {
    const { code } = error as { code?: unknown };
    return typeof code === 'string' ? code : 'failed';
  }
}
