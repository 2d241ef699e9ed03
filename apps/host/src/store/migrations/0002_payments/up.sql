-- One payment for each card sale; its id is the sale's identity. Lives in the bucket of its card.
create table payments (
  bucket smallint not null,
  payment_id text not null,
  till_id text not null,
  -- The entry of the till's journal that says that it was sold: each accepted sale has one payment. Null as long as it has no end.
  accepted_seq bigint,
  state text not null,
  -- Since when it has not been decided; of one that is, since when it had not been.
  open_since timestamptz not null,
  cycle integer not null,
  cause text not null,
  cancel_requested boolean not null,
  mode text not null,
  amount_minor bigint not null,
  currency text not null,
  masked_pan text not null,
  card_reference text not null,
  -- The card's track, and its number and expiry, each encrypted under a data key of its own; null once they are destroyed.
  card_track text,
  card_track_key text,
  card_account text,
  card_account_key text,
  -- Since when nothing has needed the card: a while later it is destroyed. Null: it is needed.
  card_idle_since timestamptz,
  phone text,
  issuer text,
  issuer_bank_id text,
  sold_at timestamptz not null,
  time_zone text not null,
  received_at timestamptz not null,
  bank_due_at timestamptz not null,
  collected_at timestamptz,
  declined_at timestamptz,
  -- Nobody has declined: its cycle has ended because no bank reached the issuer.
  is_unreached boolean not null default false,
  -- Another sale of its till with the same card and sum, so close to it that one of them may be a mistake.
  double_of text,
  bank_id text,
  line_items jsonb not null,
  checks jsonb not null,
  fiscal jsonb,
  routing jsonb not null,
  -- Why it waits (until due_at, if nobody has claimed it); null: it waits for nothing.
  wait jsonb,
  -- When the payments worker has to look at it; null: nothing to do.
  due_at timestamptz,
  -- Names the claim under which somebody works on it; whoever finds another name here has lost it and writes nothing.
  lease text,
  -- The store's epoch in which it is known what was debited for it: of an older one nothing is sent.
  epoch integer not null default 1,
  -- An outcome that is not in its till's outbox yet.
  pending_outcome text,
  -- What its till's alarms have to be told of how long it is undecided: `raised` while one is open, `over` when it has to end.
  stay_alarm text,
  -- The number of its latest event in payment_events.
  last_event integer not null,
  -- The reason to wait that its timeline has told last in this cycle.
  told_wait jsonb,
  -- A debt was opened for it.
  has_debt boolean not null,
  -- Recovery has not looked yet at what became of it.
  recovery_due boolean not null,
  -- As `stay_alarm`, of the alarm about a sale that was approved online and has no end.
  unended_alarm text,
  -- What a person has decided about the end of a sale whose till never wrote it.
  end_decision text,
  primary key (bucket, payment_id)
);
create index payments_due on payments (bucket, due_at) where due_at is not null;
create index payments_due_online on payments (bucket, due_at) where due_at is not null and mode = 'online';
create index payments_pending_outcome on payments (bucket) where pending_outcome is not null;
create index payments_card_idle on payments (card_idle_since) where card_idle_since is not null;
create index payments_by_card on payments (bucket, card_reference);
create index payments_recovery_due on payments (bucket) where recovery_due;
-- What screens list and search, each by an index, the newest first. Identities are found by how they begin and how they end.
create index payments_by_id on payments (payment_id text_pattern_ops);
create index payments_by_id_end on payments (reverse(payment_id) text_pattern_ops);
create index payments_by_state on payments (state, sold_at desc, payment_id desc);
create index payments_by_till on payments (till_id, sold_at desc, payment_id desc);
create index payments_by_amount on payments (amount_minor, sold_at desc, payment_id desc);
create index payments_by_last_digits on payments (right(masked_pan, 4), sold_at desc, payment_id desc);
create index payments_open on payments (state, open_since) include (amount_minor, has_debt) where state not in ('collected', 'declined', 'cancelled');
create index payments_unended on payments (received_at) where state = 'collected' and accepted_seq is null and end_decision is null;
create index payments_unended_over on payments (bucket) where unended_alarm = 'over';
create index payments_stay_over on payments (bucket) where stay_alarm = 'over';
-- What is held after the store was put back.
create index payments_by_epoch on payments (epoch) where state not in ('collected', 'cancelled');
create index payments_ended_waiting on payments (epoch) where state in ('collected', 'cancelled') and wait is not null;
create index payments_waiting on payments ((wait ->> 'kind')) include (amount_minor, due_at, lease) where wait is not null;
create index payments_newest on payments (sold_at desc, payment_id desc);

-- How many payments have come to an end, and their sums: what is asked for often is not counted anew.
create table payment_sums (
  bucket smallint not null,
  -- `collected`, `recovered` (collected once it was a debt), or `declined` (and no debt).
  stage text not null,
  -- The bank that has collected it; empty for a declined one.
  bank_id text not null,
  count bigint not null,
  sum_minor bigint not null,
  primary key (bucket, stage, bank_id)
);

create table attempts (
  bucket smallint not null,
  payment_id text not null,
  number integer not null,
  cycle integer not null,
  cause text not null,
  bank_id text not null,
  state text not null,
  stan text not null,
  rrn text not null,
  -- How it debits at its bank.
  flow text not null,
  -- The bank's own RRN, if it has given one.
  bank_rrn text,
  stored_at timestamptz not null,
  sent_at timestamptz,
  answered_at timestamptz,
  changed_at timestamptz not null,
  response_code text,
  response_class text,
  -- What an answer that was not understood, or approved a part, counts as once it is reversed.
  after_reversal text,
  -- The bank has said, at any time, that it has debited.
  was_approved boolean not null,
  -- Its answer was not waited for, because the host that had sent it died: that says nothing of the bank or of the issuer.
  was_interrupted boolean not null default false,
  -- The code of an approval, or of what may be one, that came after another answer.
  late_response_code text,
  advice_code text,
  authorisation_code text,
  fee_minor bigint,
  route jsonb not null,
  -- Since when the advice that debits is to be sent, when it may have left first, and how often nobody has answered it.
  completing_since timestamptz,
  completion_sent_at timestamptz,
  completion_tries integer not null,
  -- When the bank was asked what became of it.
  inquired_at timestamptz,
  reversal_tries integer not null,
  reversing_since timestamptz,
  -- What the last answer to its reversal meant.
  reversal_verdict text,
  refund_stan text,
  refund_rrn text,
  -- The trace numbers of refunds before the latest one: a person may have had the attempt given back once more.
  former_refund_stans jsonb not null default '[]',
  dispute_cause text,
  -- What the alarms about it have to be told: `raise`, `end`, or both where both happened before anybody was told.
  pending_alarm text,
  primary key (bucket, payment_id, number),
  foreign key (bucket, payment_id) references payments (bucket, payment_id)
);

create index attempts_by_stan on attempts (bank_id, stan);
create index attempts_by_refund_stan on attempts (bank_id, refund_stan) where refund_stan is not null;
create index attempts_pending_alarm on attempts (bucket) where pending_alarm is not null;
create index attempts_open on attempts (bank_id) where state in ('stored', 'sent', 'completing', 'unknown', 'reversing', 'refunding', 'disputed');

-- What people have decided about attempts that nobody could end by the wire. Rows are added and never changed.
create table decisions (
  bucket smallint not null,
  payment_id text not null,
  number integer not null,
  attempt integer not null,
  decision text not null,
  decided_by text not null,
  why text not null,
  decided_at timestamptz not null,
  primary key (bucket, payment_id, number),
  foreign key (bucket, payment_id) references payments (bucket, payment_id)
);

-- The payment's timeline: an event's kind and the facts of that kind.
create table payment_events (
  bucket smallint not null,
  payment_id text not null,
  number integer not null,
  happened_at timestamptz not null,
  kind text not null,
  data jsonb not null,
  primary key (bucket, payment_id, number),
  foreign key (bucket, payment_id) references payments (bucket, payment_id)
);

-- STANs are taken in blocks, so that no two hosts give the same: reference data.
create table trace_numbers (
  bank_id text primary key,
  block bigint not null
);

-- The banks as the router sees them: reference data.
create table bank_states (
  bank_id text primary key,
  health text not null,
  failures integer not null,
  changed_at timestamptz not null
);

-- Issuers that a bank cannot reach, and cards that it refuses to our terminals: not the bank's own trouble until they are many.
create table bank_troubles (
  bank_id text not null,
  -- What the subject is: `issuer`; `unreached`, an issuer, since the bank last decided anything; `card`.
  about text not null,
  subject text not null,
  failures integer not null,
  changed_at timestamptz not null,
  primary key (bank_id, about, subject)
);
