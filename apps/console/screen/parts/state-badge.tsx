import { Badge } from '@mantine/core';

const colors: Readonly<Record<string, string>> = {
  collected: 'teal',
  recovered: 'teal',
  approved: 'teal',
  'paid-after-listing': 'teal',
  'signed-on': 'teal',
  healthy: 'teal',
  delivered: 'teal',
  declined: 'orange',
  failing: 'orange',
  unknown: 'orange',
  reversing: 'orange',
  'not-sent': 'orange',
  'stop-listed': 'red',
  blocked: 'red',
  down: 'red',
};

/** A state in words; the colour only repeats what the words say. */
export function StateBadge(props: { state: string; words: string }) {
  return (
    <Badge
      variant="light"
      color={colors[props.state] ?? 'gray'}
      tt="none"
      size="lg"
      autoContrast
      data-state={props.state}
    >
      {props.words}
    </Badge>
  );
}
