-- Tills: reference data, small, known everywhere.
create table tills (
  till_id text primary key,
  till_bucket smallint not null,
  place text not null,
  enrolment_code_hash text not null,
  public_key text,
  -- The code that this key was enrolled with: a new code lets a new key in.
  used_code_hash text,
  enrolled_at timestamptz,
  last_contact_at timestamptz,
  stop_list_version integer
);

-- The journals of the tills as they were signed, of every kind and version. Appended to, never changed.
create table intake (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  kind text not null,
  version bigint not null,
  sale_id text,
  -- How an accepted sale was paid, as its entry says; null for every other entry.
  tender text,
  payload text not null,
  signature text not null,
  hash text not null,
  received_at timestamptz not null,
  primary key (till_bucket, till_id, seq)
);
create index intake_by_sale on intake (till_bucket, till_id, sale_id) where sale_id is not null;
create index intake_sales on intake (till_bucket, till_id, tender) where tender is not null;

-- How far a till's journal was folded into payments.
create table intake_folded (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  primary key (till_bucket, till_id)
);

-- Entries that were not taken, kept apart; the same one again adds nothing.
create table intake_rejected (
  till_bucket smallint not null,
  till_id text not null,
  after_seq bigint not null,
  entry_hash text not null,
  fault text not null,
  entry text not null,
  rejected_at timestamptz not null,
  primary key (till_bucket, till_id, after_seq, entry_hash)
);

-- Entries that are good as a journal and cannot become a payment (now); their till has an alarm.
create table quarantine (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  entry_kind text not null,
  version bigint not null,
  reason jsonb not null,
  quarantined_at timestamptz not null,
  primary key (till_bucket, till_id, seq)
);

-- What is wrong with a till, from when until when. At most one of a kind and subject is open at a time.
create table alarms (
  till_bucket smallint not null,
  alarm_id text not null,
  till_id text not null,
  kind text not null,
  -- What it is about within its kind: a sequence number, or nothing.
  subject text not null,
  state text not null,
  data jsonb not null,
  raised_at timestamptz not null,
  last_seen_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  ended_at timestamptz,
  primary key (till_bucket, alarm_id)
);
create unique index alarms_open on alarms (till_bucket, till_id, kind, subject) where ended_at is null;
create index alarms_by_id on alarms (alarm_id);
create index alarms_newest on alarms (raised_at desc, alarm_id desc);

-- What a till is to be told of its payments, in the order in which it became known.
create table till_outbox (
  till_bucket smallint not null,
  till_id text not null,
  cursor bigint not null,
  sale_id text not null,
  state text not null,
  happened_at timestamptz not null,
  primary key (till_bucket, till_id, cursor),
  unique (till_bucket, till_id, sale_id, state)
);
