import type { Namespace } from '@bivak/messages';

/** Which screen it is: its texts are the namespace of this name, beside those that every screen has. */
export type ScreenName = 'till' | 'console' | 'panel';

/** The texts that every screen has beside its own. */
const shared: readonly Namespace[] = ['domain', 'problems', 'screen', 'sentences'];

/** Those that a screen has besides. */
const others: Readonly<Partial<Record<ScreenName, readonly Namespace[]>>> = { panel: ['scenario'] };

/** The texts that a screen brings along. */
export const namespacesOf = (name: ScreenName): readonly Namespace[] => [
  ...shared,
  name,
  ...(others[name] ?? []),
];
