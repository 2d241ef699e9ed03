import type {
  AlarmState,
  AttemptState,
  BankHealth,
  BankSessionState,
  DebtState,
  PaymentState,
} from '@bivak/domain';
import { Badge } from '@mantine/core';

type AnyState = AlarmState | AttemptState | BankHealth | BankSessionState | DebtState | PaymentState;

/** Every state has its colour here, so that one that is added is seen. */
const colors: Readonly<Record<AnyState, 'teal' | 'gray' | 'orange' | 'red'>> = {
  received: 'gray',
  routed: 'gray',
  sending: 'gray',
  unknown: 'orange',
  reversing: 'orange',
  collected: 'teal',
  declined: 'orange',
  cancelling: 'gray',
  cancelled: 'gray',
  stored: 'gray',
  sent: 'gray',
  completing: 'gray',
  approved: 'teal',
  rejected: 'orange',
  'not-sent': 'orange',
  refunding: 'orange',
  disputed: 'red',
  reversed: 'gray',
  open: 'gray',
  attempting: 'gray',
  held: 'red',
  'given-up': 'gray',
  recovered: 'teal',
  'stop-listed': 'red',
  'paid-after-listing': 'teal',
  healthy: 'teal',
  failing: 'orange',
  blocked: 'red',
  'signed-on': 'teal',
  connecting: 'gray',
  down: 'red',
  raised: 'red',
  acknowledged: 'orange',
  ended: 'gray',
};

/** A state in words; the colour only repeats what the words say. */
export function StateBadge(props: { state: AnyState; text: string }) {
  return (
    <Badge
      variant="light"
      color={colors[props.state]}
      tt="none"
      size="lg"
      autoContrast
      data-state={props.state}
    >
      {props.text}
    </Badge>
  );
}
