import { baikal } from './baikal.ts';
import { north } from './north.ts';
import type { BankProfile } from './profile.ts';
import { ural } from './ural.ts';
import { volga } from './volga.ts';

export { type BankProfile, debitType, type Timeouts } from './profile.ts';

/** The banks that are known here. A new one is a file like `north.ts` and its name in this list. */
export const bankProfiles: readonly BankProfile[] = [north, volga, ural, baikal];

/** Their names. */
export const bankProfileNames: readonly string[] = bankProfiles.map(({ name }) => name);

/** The profile of that name. Throws an Error that lists the names if there is none. */
export function bankProfile(name: string): BankProfile {
  const profile = bankProfiles.find((known) => known.name === name);
  if (profile !== undefined) return profile;
  throw new Error(`there is no bank profile "${name}"; there are ${bankProfileNames.join(', ')}`);
}
