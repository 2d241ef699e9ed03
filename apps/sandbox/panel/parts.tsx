import { Paper, Stack, Title } from '@mantine/core';
import { createContext, type ReactNode, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { type Change, useChange } from './data.ts';

/** A part of the panel under its own heading. */
export function Section(props: { title: string; children: ReactNode; aside?: ReactNode }) {
  return (
    <Paper component="section" withBorder radius="md" p="lg" aria-label={props.title}>
      <Stack gap="sm">
        <Title order={2} size="h3">
          {props.title}
        </Title>
        {props.children}
      </Stack>
    </Paper>
  );
}

/** Where a change that did not work is told. */
export const Report = createContext<(message: string | undefined) => void>(() => {});

/** {@link useChange}, whose failures are shown at the top of the panel in the sandbox's own words. */
export function useReportedChange(): (change: Parameters<Change['mutate']>[0]) => void {
  const { t } = useTranslation();
  const report = useContext(Report);
  const change = useChange();
  return (asked) =>
    change.mutate(asked, {
      onSuccess: () => report(undefined),
      onError: (error) => report(t('failed', { why: error.message })),
    });
}
