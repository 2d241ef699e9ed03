import type { Russian } from '../texts.ts';

/** What every screen has, in Russian. */
export const screen: Russian<'screen'> = {
  title: { till: 'Бивак: касса', console: 'Бивак: консоль', panel: 'Бивак: песочница' },
  theme: { toDark: 'Тёмная тема', toLight: 'Светлая тема' },
  appearance: { light: 'День', dark: 'Ночь', contrast: 'Контраст' },
};
