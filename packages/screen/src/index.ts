export { formatMoney } from '@bivak/money';
export { formatDuration, formatInstant, type Language, useLanguage } from './language.ts';
export { startScreen } from './start.tsx';
export {
  type Appearance,
  AppearanceSwitch,
  LanguageSwitch,
  ThemeSwitch,
  useAppearance,
} from './switches.tsx';
