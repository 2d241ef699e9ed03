import { Box, CloseButton, Group, Paper, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

/** A list, and beside it (below it where the screen is narrow) the row that is open. Escape closes it. */
export function Beside(props: {
  list: ReactNode;
  open: { title: string; body: ReactNode; onClose: () => void } | undefined;
}) {
  const { open } = props;
  const { t } = useTranslation();
  useEffect(() => {
    if (open === undefined) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') open.onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [open]);
  return (
    <div className={open === undefined ? 'alone' : 'beside'}>
      <Box miw={0}>{props.list}</Box>
      {open !== undefined && (
        <Paper
          component="section"
          aria-label={open.title}
          withBorder
          p="lg"
          radius="md"
          className="opened"
          data-testid="opened"
        >
          <Group justify="space-between" mb="md" wrap="nowrap">
            <Title order={2} size="h3">
              {open.title}
            </Title>
            <CloseButton size="lg" aria-label={t('common.close')} onClick={open.onClose} />
          </Group>
          {open.body}
        </Paper>
      )}
    </div>
  );
}
