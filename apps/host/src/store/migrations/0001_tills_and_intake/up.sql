-- Tills: reference data, small, known everywhere.
create table tills (
  till_id text primary key,
  till_bucket smallint not null,
  place text not null,
  enrolment_code_hash text not null,
  public_key text,
  -- The keys before it, the oldest first: what one of them has signed and the till had not shipped yet is taken.
  former_keys jsonb not null,
  -- The code that this key was enrolled with: a new code lets a new key in.
  used_code_hash text,
  enrolled_at timestamptz,
  last_contact_at timestamptz,
  stop_list_version integer,
  -- What it had sent up to here before the store's present epoch: sent again, it may have been debited already.
  sent_before_epoch_seq bigint not null default 0
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
  -- The sum of its sale, as its intent says; null if it is of no sale, or no sum that could be collected is known.
  amount_minor bigint,
  currency text,
  -- Which of its till's keys has signed it, counted from 1: one that is followed by the next signs nothing more.
  key_number smallint not null,
  payload text not null,
  signature text not null,
  hash text not null,
  received_at timestamptz not null,
  -- The store's epoch in which it was first sent, as far as is known.
  epoch integer not null default 1,
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
create index intake_rejected_newest on intake_rejected (rejected_at desc, entry_hash desc);

-- Entries that are good as a journal and cannot become a payment (now); each has an alarm, or shares one, while it is open.
create table quarantine (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  entry_kind text not null,
  version bigint not null,
  -- The sale that it is of, if it names one, and its sum if that is known.
  sale_id text,
  amount_minor bigint,
  currency text,
  -- True for an accepted sale by card: what the till's balance lacks.
  is_card_sale boolean not null,
  reason jsonb not null,
  quarantined_at timestamptz not null,
  -- What a person has decided about it, who and why.
  decision text,
  decided_by text,
  why text,
  decided_at timestamptz,
  -- Since when nothing is to be done about it any more; it stays here as long as somebody has decided so.
  ended_at timestamptz,
  primary key (till_bucket, till_id, seq)
);
create index quarantine_open on quarantine (till_id, seq) where ended_at is null;
create index quarantine_ended on quarantine (till_id, seq) where ended_at is not null;
create index quarantine_to_collect on quarantine (till_id) where decision = 'collect' and ended_at is null;
create index quarantine_by_sale on quarantine (till_bucket, till_id, sale_id) where ended_at is null;

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
