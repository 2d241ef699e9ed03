import { LanguageSwitch, ThemeSwitch } from '@bivak/screen';
import { Alert, Anchor, AppShell, Burger, Group, NavLink, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ErrorComponentProps, Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from './data.ts';
import { pages } from './pages.tsx';

/** A page's address without the row that may be open in it. */
const addressOf = (path: string): string => path.split('/{')[0] || '/';

const isActive = (path: string, pathname: string): boolean => {
  const address = addressOf(path);
  return pathname === address || (address !== '/' && pathname.startsWith(`${address}/`));
};

/** What stands around every page: the sections, the language, the theme. */
export function Frame() {
  const { t } = useTranslation('console');
  const [isMenuOpen, menu] = useDisclosure(false);
  useTitle();
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      padding="lg"
    >
      <AppShell.Header>
        <Group h="100%" px="lg" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger
              opened={isMenuOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              aria-label={t('nav.menu')}
              aria-expanded={isMenuOpen}
            />
            <Text fw={600} size="xl" component={Link} to="/" className="home-link">
              {t('title')}
            </Text>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <Group wrap="nowrap" gap="xs" visibleFrom="sm">
              <ToSandbox />
              <ThemeSwitch />
            </Group>
            <LanguageSwitch />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" aria-label={t('nav.menu')}>
        <Sections onChosen={menu.close} />
        <Stack mt="auto" hiddenFrom="sm" align="start">
          <ToSandbox />
          <ThemeSwitch />
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function ToSandbox() {
  const { t } = useTranslation('console');
  const { data: settings } = useSettings();
  if (settings?.sandboxUrl == null) return null;
  return (
    <Anchor href={settings.sandboxUrl} target="_blank" rel="noreferrer" px="md">
      {t('nav.sandbox')}
    </Anchor>
  );
}

/** The page's title names its section, so that tabs and history can be told apart. */
function useTitle(): void {
  const { t, i18n } = useTranslation('console');
  const { pathname } = useLocation();
  const page = pages.find(({ path }) => isActive(path, pathname));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts change with the language
  useEffect(() => {
    document.title = page === undefined ? t('title') : `${t(`nav.${page.name}`)} · ${t('title')}`;
  }, [page, i18n.language]);
}

function Sections(props: { onChosen: () => void }) {
  const { t } = useTranslation('console');
  const { pathname } = useLocation();
  return pages.map(({ path, name }) => (
    <NavLink
      key={path}
      renderRoot={(rest) => <Link to={path} params={{}} search={{}} {...rest} />}
      label={t(`nav.${name}`)}
      active={isActive(path, pathname)}
      aria-current={isActive(path, pathname) ? 'page' : undefined}
      onClick={props.onChosen}
      className="section"
    />
  ));
}

/** An address that leads nowhere. */
export function NoSuchPage() {
  const { t } = useTranslation('console');
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('errors.noPage')}
      </Title>
      <Link to="/" search={{}}>
        {t('errors.toHome')}
      </Link>
    </Stack>
  );
}

/** A fault of the console itself: said, with a way out. */
export function Broken({ error }: ErrorComponentProps) {
  const { t } = useTranslation('console');
  return (
    <Stack p="lg">
      <Title order={1} size="h2">
        {t('errors.broken')}
      </Title>
      <Alert color="red" variant="light">
        {error instanceof Error ? error.message : String(error)}
      </Alert>
      <Anchor href="/">{t('errors.toHome')}</Anchor>
    </Stack>
  );
}
