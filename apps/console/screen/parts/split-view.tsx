import { Box, CloseButton, Group, Paper, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

interface Opened {
  title: string;
  body: ReactNode;
  onClose: () => void;
}

/** A list, and beside it (above it if the screen is narrow) the row that is open. Escape closes it. */
export function SplitView(props: { list: ReactNode; open: Opened | undefined }) {
  const { open } = props;
  return (
    <div className={open === undefined ? 'alone' : 'split-view'}>
      <Box miw={0}>{props.list}</Box>
      {open !== undefined && <OpenedRow key={open.title} {...open} />}
    </div>
  );
}

/** Takes the keyboard while it is open, and gives it back to where it was. */
function OpenedRow({ title, body, onClose }: Opened) {
  const { t } = useTranslation('console');
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'nearest' });
    const onKey = (event: KeyboardEvent) => {
      // In a field, Escape belongs to the field.
      const isInField = event.target instanceof HTMLElement && event.target.closest('input') !== null;
      if (event.key === 'Escape' && !isInField) close.current();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <Paper
      ref={box}
      tabIndex={-1}
      component="section"
      aria-label={title}
      withBorder
      p="lg"
      radius="md"
      className="opened"
      data-testid="opened"
    >
      <Group justify="space-between" mb="md" wrap="nowrap">
        <Title order={2} size="h3" className="identity">
          {title}
        </Title>
        <CloseButton size="lg" aria-label={t('common.close')} onClick={onClose} />
      </Group>
      {body}
    </Paper>
  );
}
