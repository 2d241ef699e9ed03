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
  stop_list_version integer,
  alarm_what text,
  alarm_at timestamptz
);

-- The journals of the tills as they were signed. Appended to, never changed.
create table intake (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  kind text not null,
  sale_id text,
  payload text not null,
  signature text not null,
  hash text not null,
  received_at timestamptz not null,
  primary key (till_bucket, till_id, seq)
);
create index intake_by_sale on intake (till_bucket, till_id, sale_id) where sale_id is not null;
create index intake_accepted on intake (till_bucket, till_id) where kind = 'sale.accepted';

-- How far a till's journal was folded into payments.
create table intake_folded (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  primary key (till_bucket, till_id)
);

-- Entries that were refused, kept apart as evidence; the same one again adds nothing.
create table intake_refused (
  till_bucket smallint not null,
  till_id text not null,
  after_seq bigint not null,
  evidence_hash text not null,
  error text not null,
  evidence text not null,
  refused_at timestamptz not null,
  primary key (till_bucket, till_id, after_seq, evidence_hash)
);

-- Entries that are good as a journal and cannot become a payment; their till has an alarm.
create table intake_set_aside (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  why text not null,
  set_aside_at timestamptz not null,
  primary key (till_bucket, till_id, seq)
);

-- What became of a till's payments, in the order in which it became so.
create table outcomes (
  till_bucket smallint not null,
  till_id text not null,
  cursor bigint not null,
  sale_id text not null,
  state text not null,
  happened_at timestamptz not null,
  primary key (till_bucket, till_id, cursor),
  unique (till_bucket, till_id, sale_id, state)
);
