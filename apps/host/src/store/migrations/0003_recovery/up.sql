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
  -- Of the latest decline: its code, why that attempt was made, and what it allows.
  response_code text not null,
  declined_cause text not null,
  retry_class text not null,
  wait_ms bigint not null,
  phone text,
  opened_at timestamptz not null,
  declined_at timestamptz not null,
  window_ends_at timestamptz not null,
  next_attempt_at timestamptz,
  attempt_cycle integer not null,
  closed_at timestamptz,
  due_at timestamptz,
  primary key (bucket, payment_id)
);
create index debts_due on debts (bucket, due_at) where due_at is not null;
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
create index notices_due on notices (bucket, due_at) where due_at is not null;
create index notices_by_message on notices (message_id) where message_id is not null;

create table stop_list_entries (
  bucket smallint not null,
  card_reference text not null,
  payment_id text not null,
  masked_pan text not null,
  -- The decline for which the card is listed.
  response_code text not null,
  since timestamptz not null,
  primary key (bucket, card_reference, payment_id)
);

-- The versions that were published, whole: a till that has one of them gets the change from it.
create table stop_list_versions (
  version integer primary key,
  issued_at timestamptz not null,
  card_references jsonb not null
);
