/** What every screen has, in English. */
export const screen = {
  title: { till: 'Bivak: till', console: 'Bivak: console', panel: 'Bivak: sandbox' },
  /** The theme that a press changes to. */
  theme: { toDark: 'Dark theme', toLight: 'Light theme' },
  appearance: { light: 'Day', dark: 'Night', contrast: 'Contrast' },
} as const;
