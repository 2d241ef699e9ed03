import { Alert, Group, Loader, Table, Text, UnstyledButton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../read-error.ts';
import { nextSort, readOrder, type Sortable, sorted } from './sorting.ts';

export interface Column<Row> extends Sortable<Row> {
  title: string;
  /** Numbers stand right, so that their places are under one another. */
  align?: 'right';
  /** Left out if there is little room: beside an opened row, on a telephone. */
  isExtra?: boolean;
  /** Left out on a telephone; the first cell may say it instead (class `on-phone`). */
  isNotOnPhone?: boolean;
  cell: (row: Row) => ReactNode;
}

interface ListProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  selected?: string | undefined;
  onSelect?: (key: string) => void;
  empty: string;
  error: unknown;
}

/**
 * A table of rows, each of which opens beside the list. It says so while it loads, when it is empty, and when it cannot
 * be read (what was read last stays to be seen). The order stands in the address (`?sort=`).
 */
export function List<Row>(props: ListProps<Row>) {
  const { sort } = useSearch({ strict: false });
  if (props.rows === undefined) return props.error ? <RefreshFailed error={props.error} /> : <Loading />;
  return (
    <>
      {props.error ? <RefreshFailed error={props.error} isStale /> : null}
      {props.rows.length === 0 ? (
        <Text c="dimmed" py="xl">
          {props.empty}
        </Text>
      ) : (
        <div className="table-box">
          <Table
            highlightOnHover={props.onSelect !== undefined}
            verticalSpacing="sm"
            aria-label={props.label}
          >
            <Table.Thead>
              <Table.Tr>
                {props.columns.map((column) => (
                  <Heading key={column.key} column={column} />
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sorted(props.rows, props.columns, sort).map((row) => (
                <Row key={props.rowKey(row)} row={row} {...props} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </>
  );
}

const sideOf = <Row,>({ align, isExtra, isNotOnPhone }: Column<Row>) => ({
  ta: align ?? ('left' as const),
  className: [isExtra && 'extra', isNotOnPhone && 'not-on-phone', align === 'right' && 'figures']
    .filter(Boolean)
    .join(' '),
});

function Heading<Row>({ column }: { column: Column<Row> }) {
  const { key, title, sortBy } = column;
  const { sort } = useSearch({ strict: false });
  const navigate = useNavigate();
  if (sortBy === undefined) return <Table.Th {...sideOf(column)}>{title}</Table.Th>;
  const order = readOrder(sort);
  const direction = order?.key === key ? (order.isDescending ? 'descending' : 'ascending') : 'none';
  const turn = () =>
    void navigate({
      to: '.',
      replace: true,
      search: ((before: Record<string, unknown>) => {
        const { sort: _, ...rest } = before;
        const next = nextSort(sort, key);
        return next === undefined ? rest : { ...rest, sort: next };
      }) as never,
    });
  return (
    <Table.Th {...sideOf(column)} aria-sort={direction}>
      <UnstyledButton className="sort" fz="sm" fw={600} onClick={turn} data-testid={`sort-${key}`}>
        {title}
        <span aria-hidden className="arrow">
          {{ none: '', ascending: '↑', descending: '↓' }[direction]}
        </span>
      </UnstyledButton>
    </Table.Th>
  );
}

function Row<Item>(props: ListProps<Item> & { row: Item }) {
  const key = props.rowKey(props.row);
  const { onSelect } = props;
  return (
    <Table.Tr
      data-testid={`row-${key}`}
      {...(props.selected === key ? { className: 'selected', 'aria-current': true } : {})}
      {...(onSelect === undefined ? {} : { onClick: () => onSelect(key), style: { cursor: 'pointer' } })}
    >
      {props.columns.map((column) => (
        <Table.Td key={column.key} {...sideOf(column)}>
          {column.cell(props.row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

export function Loading() {
  const { t } = useTranslation('console');
  return (
    <Group py="xl" role="status">
      <Loader size="sm" />
      <Text>{t('common.loading')}</Text>
    </Group>
  );
}

/** Why what is shown is not fresh, or not there. The screen goes on asking by itself. */
export function RefreshFailed({ error, isStale = false }: { error: unknown; isStale?: boolean }) {
  const { t } = useTranslation('console');
  return (
    <Alert color="orange" variant="light" role="status" mb="md" data-testid="refresh-failed">
      {t(`errors.${failureOf(error)}`)}
      {isStale ? ` ${t('errors.stale')}` : ''}
    </Alert>
  );
}
