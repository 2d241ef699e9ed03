import { useRenderer } from '@bivak/screen';
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
  const { t } = useTranslation('panel');
  const problemText = useProblemText();
  const { data, error } = props.query;
  if (error !== null)
    return (
      <Alert color="orange" variant="light" role="status">
        {problemText(error)}
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

/** What went wrong at the sandbox, in the screen's language. */
function useProblemText(): (error: Error) => string {
  const { t } = useTranslation('panel');
  const renderer = useRenderer();
  return (error) => {
    const problem = error instanceof SandboxError ? error.problem : 'unexpected';
    return typeof problem === 'string' ? t(`problems.${problem}`) : renderer.problem(problem).detail;
  };
}

/** What came of the last change. */
export interface Outcome {
  isDone: boolean;
  text: string;
}

/** What came of a change is shown by whoever takes it here. */
export const Report = createContext<(outcome: Outcome | undefined) => void>(() => {});

/** {@link useChange}, whose outcome shows at the bottom of the panel: `done`, or why it failed. */
export function useReportedChange(): {
  change: (change: Change, done: string) => void;
  isPending: boolean;
} {
  const { t } = useTranslation('panel');
  const problemText = useProblemText();
  const report = useContext(Report);
  const { mutate, isPending } = useChange();
  const send = (change: Change, done: string) =>
    mutate(change, {
      onSuccess: () => report({ isDone: true, text: done }),
      onError: (error) => report({ isDone: false, text: t('failed', { why: problemText(error) }) }),
    });
  return { change: send, isPending };
}
