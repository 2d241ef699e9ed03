create table debts (
  bucket smallint not null,
  payment_id text not null,
  card_reference text not null,
  masked_pan text not null,
  till_id text not null,
  state text not null,
  amount_minor bigint not null,
  currency text not null,
  scheme text not null,
  sold_at timestamptz not null,
  time_zone text not null,
  -- Who has issued the card, as far as it is known: its name, else the first digits of the number.
  issuer text not null,
  -- Of the latest attempt: its code (null: no bank answered), why it was made, and what may be tried next.
  response_code text,
  declined_cause text not null,
  retry_class text not null,
  wait_ms bigint not null,
  phone text,
  opened_at timestamptz not null,
  declined_at timestamptz not null,
  window_ends_at timestamptz not null,
  -- How often in a row no bank has reached the issuer.
  unreached_in_a_row integer not null,
  -- How often of these it was tried because the issuer seemed to be back.
  tried_as_back integer not null,
  -- What a person has decided about its card, once its window was over and its notices had not arrived.
  listing_decision text,
  decided_by text,
  decision_why text,
  decided_at timestamptz,
  -- How its notices fell short, while a person has to decide.
  shortfall text,
  -- What its till's alarms have to be told: `raise` or `end`.
  pending_alarm text,
  next_attempt_at timestamptz,
  attempt_cycle integer not null,
  closed_at timestamptz,
  due_at timestamptz,
  primary key (bucket, payment_id)
);
-- How many debts there are in each state, and their sums.
create table debt_sums (
  bucket smallint not null,
  state text not null,
  count bigint not null,
  sum_minor bigint not null,
  primary key (bucket, state)
);

create index debts_due on debts (bucket, due_at) where due_at is not null;
create index debts_pending_alarm on debts (bucket) where pending_alarm is not null;
create index debts_unreachable on debts (issuer) where retry_class = 'unreachable' and closed_at is null;
create index debts_attempting on debts (bucket) where state = 'attempting';
create index debts_by_state on debts (state, opened_at desc, payment_id desc);
create index debts_by_card on debts (bucket, card_reference);
create index debts_newest on debts (opened_at desc, payment_id desc);

-- What the cardholder is told: one row for each kind of a debt, stored before it is sent, as facts.
create table notices (
  bucket smallint not null,
  payment_id text not null,
  kind text not null,
  state text not null,
  phone text not null,
  data jsonb not null,
  stored_at timestamptz not null,
  changed_at timestamptz not null,
  tries integer not null,
  message_id text,
  due_at timestamptz,
  primary key (bucket, payment_id, kind)
);
create index notices_in_flight on notices (bucket) where state in ('stored', 'sending');
create index notices_due on notices (bucket, due_at) where due_at is not null;
create index notices_by_message on notices (message_id) where message_id is not null;

create table stop_list_entries (
  bucket smallint not null,
  card_reference text not null,
  payment_id text not null,
  masked_pan text not null,
  -- The answer for which the card is listed; null: there was none.
  response_code text,
  since timestamptz not null,
  primary key (bucket, card_reference, payment_id)
);

-- The versions that were published, each as the change from the one before: a till that has one of them gets what has changed
-- since. Older ones than any till has are removed.
create table stop_list_versions (
  version integer primary key,
  issued_at timestamptz not null,
  -- Of version and entries.
  hash text not null,
  added jsonb not null,
  removed jsonb not null,
  -- The whole list, of the newest version alone.
  entries jsonb
);
