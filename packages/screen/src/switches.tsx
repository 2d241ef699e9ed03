import { languages } from '@bivak/messages';
import { Button, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { storeLanguage, useLanguage } from './language.ts';

/** Changes to the next language, whose name (or, `isShort`, code) it bears in that language. */
export function LanguageSwitch(props: { size?: 'md' | 'lg'; isShort?: boolean }) {
  const { i18n } = useTranslation('screen');
  const language = useLanguage();
  const place = languages.findIndex(({ code }) => code === language);
  const { code, ownName } = languages[(place + 1) % languages.length]!;
  const short = code.toUpperCase();
  return (
    <Button
      variant="subtle"
      size={props.size ?? 'md'}
      lang={code}
      {...(props.isShort === true ? { 'aria-label': `${short}: ${ownName}` } : {})}
      data-testid="language"
      onClick={() => {
        storeLanguage(code);
        void i18n.changeLanguage(code);
      }}
    >
      {props.isShort === true ? short : ownName}
    </Button>
  );
}

/** Changes between light and dark. */
export function ThemeSwitch() {
  const { t } = useTranslation('screen');
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <Button
      variant="subtle"
      size="md"
      onClick={() => setColorScheme(scheme === 'light' ? 'dark' : 'light')}
      data-testid="theme"
    >
      {t(scheme === 'light' ? 'theme.toDark' : 'theme.toLight')}
    </Button>
  );
}

/** How a screen that is used in cabins and in the sun may look. */
export type Appearance = 'light' | 'dark' | 'contrast';

const storageKey = 'bivak.appearance';
const appearances: readonly Appearance[] = ['light', 'dark', 'contrast'];

/** The appearance that was chosen, put on the page as `data-appearance`; high contrast is a light page with black on white. */
export function useAppearance(): [Appearance, (appearance: Appearance) => void] {
  const { setColorScheme } = useMantineColorScheme();
  const [appearance, setAppearance] = useState<Appearance>(() => {
    const stored = new URLSearchParams(location.search).get('appearance') ?? localStorage.getItem(storageKey);
    return appearances.find((one) => one === stored) ?? 'light';
  });
  useEffect(() => {
    localStorage.setItem(storageKey, appearance);
    document.documentElement.dataset.appearance = appearance;
    setColorScheme(appearance === 'dark' ? 'dark' : 'light');
  }, [appearance, setColorScheme]);
  return [appearance, setAppearance];
}

/** Chooses between day, night and contrast. */
export function AppearanceSwitch(props: {
  value: Appearance;
  onChange: (appearance: Appearance) => void;
  label: string;
}) {
  const { t } = useTranslation('screen');
  return (
    <SegmentedControl
      size="lg"
      aria-label={props.label}
      value={props.value}
      onChange={(value) => props.onChange(value as Appearance)}
      data={appearances.map((value) => ({ value, label: t(`appearance.${value}`) }))}
    />
  );
}
