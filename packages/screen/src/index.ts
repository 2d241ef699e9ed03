export { type Language, useRenderer } from './language.ts';
export { startScreen } from './start.tsx';
export {
  type Appearance,
  AppearanceSwitch,
  LanguageSwitch,
  ThemeSwitch,
  useAppearance,
} from './switches.tsx';
