import { Alert, Group, Loader, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export interface Column<Row> {
  key: string;
  title: string;
  /** Numbers stand right, so that their places are under one another. */
  align?: 'right';
  cell: (row: Row) => ReactNode;
}

/**
 * A table of rows, each of which opens beside the list. It says so while it loads, when it is empty, and when the
 * host does not answer (what was read last stays to be seen).
 */
export function List<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  selected?: string | undefined;
  onSelect?: (key: string) => void;
  empty: string;
  isError: boolean;
}) {
  if (props.rows === undefined) return props.isError ? <RefreshFailed /> : <Loading />;
  return (
    <>
      {props.isError && <RefreshFailed />}
      {props.rows.length === 0 ? (
        <Text c="dimmed" py="xl">
          {props.empty}
        </Text>
      ) : (
        <Table.ScrollContainer
          minWidth={640}
          scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': props.label } }}
        >
          <Table
            highlightOnHover={props.onSelect !== undefined}
            verticalSpacing="sm"
            aria-label={props.label}
          >
            <Table.Thead>
              <Table.Tr>
                {props.columns.map(({ key, title, align }) => (
                  <Table.Th key={key} ta={align ?? 'left'}>
                    {title}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {props.rows.map((row) => (
                <Row key={props.rowKey(row)} row={row} {...props} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}

function Row<Item>(props: {
  row: Item;
  columns: readonly Column<Item>[];
  rowKey: (row: Item) => string;
  selected?: string | undefined;
  onSelect?: (key: string) => void;
}) {
  const key = props.rowKey(props.row);
  const open = props.onSelect === undefined ? undefined : () => props.onSelect?.(key);
  return (
    <Table.Tr
      data-testid={`row-${key}`}
      {...(props.selected === key ? { bg: 'var(--mantine-primary-color-light)', 'aria-current': true } : {})}
      {...(open === undefined
        ? {}
        : {
            onClick: open,
            tabIndex: 0,
            style: { cursor: 'pointer' },
            onKeyDown: (event: React.KeyboardEvent) => {
              if (event.key === 'Enter') open();
            },
          })}
    >
      {props.columns.map(({ key: column, align, cell }) => (
        <Table.Td key={column} ta={align ?? 'left'} {...(align === 'right' ? { className: 'figures' } : {})}>
          {cell(props.row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

export function Loading() {
  const { t } = useTranslation();
  return (
    <Group py="xl" role="status">
      <Loader size="sm" />
      <Text>{t('common.loading')}</Text>
    </Group>
  );
}

export function RefreshFailed() {
  const { t } = useTranslation();
  return (
    <Alert color="orange" variant="light" role="status" mb="md">
      {t('common.refreshFailed')}
    </Alert>
  );
}
