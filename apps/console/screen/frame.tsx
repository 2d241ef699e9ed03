import { LanguageSwitch, ThemeSwitch } from '@bivak/screen';
import { Anchor, AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSettings } from './data.ts';

const sections = [
  { to: '/', words: 'nav.home' },
  { to: '/payments', words: 'nav.payments' },
  { to: '/debts', words: 'nav.debts' },
  { to: '/stop-list', words: 'nav.stopList' },
  { to: '/tills', words: 'nav.tills' },
  { to: '/banks', words: 'nav.banks' },
] as const;

/** What stands around every page: the sections, the language, the theme. */
export function Frame() {
  const { t } = useTranslation();
  const [isMenuOpen, menu] = useDisclosure(false);
  const { data: settings } = useSettings();
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      padding="lg"
    >
      <AppShell.Header>
        <Group h="100%" px="lg" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isMenuOpen} onClick={menu.toggle} hiddenFrom="sm" aria-label={t('nav.menu')} />
            <Text fw={600} size="xl">
              {t('title')}
            </Text>
          </Group>
          <Group wrap="nowrap">
            {settings?.sandboxUrl != null && (
              <Anchor href={settings.sandboxUrl} target="_blank" rel="noreferrer">
                {t('nav.sandbox')}
              </Anchor>
            )}
            <LanguageSwitch />
            <ThemeSwitch />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" aria-label={t('nav.menu')}>
        <Sections onChosen={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Sections(props: { onChosen: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return sections.map(({ to, words }) => (
    <NavLink
      key={to}
      renderRoot={(rest) => <Link to={to} search={{}} {...rest} />}
      label={t(words)}
      active={to === '/' ? pathname === '/' : pathname.startsWith(to)}
      onClick={props.onChosen}
    />
  ));
}
