import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/**
 * Calm: one accent, two weights of one typeface. It comes with the screen, since a till's terminal often has few typefaces
 * of its own, and nothing is loaded from elsewhere.
 */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  autoContrast: true,
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  headings: { fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
});

/** Quiet text, links and the chosen section dark (or light) enough to be read by everyone: 4.5 to 1 and more (WCAG 2.2, 1.4.3). */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4b5560',
    '--mantine-color-anchor': '#0a5c43',
    '--mantine-color-placeholder': '#5c6670',
    '--mantine-primary-color-light-color': '#0a5c43',
    '--mantine-color-teal-light-color': '#0a5c43',
    '--mantine-color-orange-light-color': '#8a3b00',
    '--mantine-color-red-light-color': '#9b1c1c',
    '--mantine-color-gray-light-color': '#3d464e',
  },
  dark: {
    '--mantine-color-dimmed': '#aab4be',
    '--mantine-color-anchor': '#5fd3ac',
    '--mantine-color-placeholder': '#98a2ac',
    '--mantine-primary-color-light-color': '#7fe0bf',
    '--mantine-color-teal-light-color': '#7fe0bf',
    '--mantine-color-orange-light-color': '#ffb877',
    '--mantine-color-red-light-color': '#ffa8a8',
    '--mantine-color-gray-light-color': '#ced4da',
  },
});
