import { Alert, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { createContext, type ReactNode, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { type Change, SandboxError, useChange } from './data.ts';

/** A part of the panel under its own heading. */
export function Section(props: { title: string; children: ReactNode }) {
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

/** What a part shows instead of, or above, what it has: that it is being read, or why it can't be. */
export function ReadState(props: { query: { data: unknown; error: Error | null } }) {
  const { t } = useTranslation();
  const why = useProblemWords();
  const { data, error } = props.query;
  if (error !== null)
    return (
      <Alert color="orange" variant="light" role="status">
        {why(error)}
      </Alert>
    );
  if (data !== undefined) return null;
  return (
    <Text role="status">
      <Loader size="xs" mr="xs" />
      {t('loading')}
    </Text>
  );
}

/** A problem of the sandbox in the screen's language; its own words where there are none. */
export function useProblemWords(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) => {
    const code = error instanceof SandboxError ? error.code : 'unexpected';
    return t(`problems.${code}`, { defaultValue: error.message });
  };
}

/** What came of the last change. */
export interface Outcome {
  isDone: boolean;
  text: string;
}

/** Where it is told what came of a change. */
export const Report = createContext<(outcome: Outcome | undefined) => void>(() => {});

/** {@link useChange}, whose outcome is told at the bottom of the panel: `done` in the words given, or why it failed. */
export function useReportedChange(): {
  change: (asked: Change, done: string) => void;
  isPending: boolean;
} {
  const { t } = useTranslation();
  const why = useProblemWords();
  const report = useContext(Report);
  const { mutate, isPending } = useChange();
  const change = (asked: Change, done: string) =>
    mutate(asked, {
      onSuccess: () => report({ isDone: true, text: done }),
      onError: (error) => report({ isDone: false, text: t('failed', { why: why(error) }) }),
    });
  return { change, isPending };
}
