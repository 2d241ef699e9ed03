-- Of each till, in each currency: the sales by card that intake has taken, and what accounts for them. Kept in the transactions
-- that take and fold entries. Currency 'XXX' (ISO 4217: none) has those whose sum is not known; their sum counts as 0.
create table till_balances (
  till_bucket smallint not null,
  till_id text not null,
  currency text not null,
  accepted_count bigint not null,
  accepted_minor bigint not null,
  -- Each has a payment.
  accounted_count bigint not null,
  accounted_minor bigint not null,
  -- A person has decided that nothing is collected for it here.
  dismissed_count bigint not null,
  dismissed_minor bigint not null,
  primary key (till_bucket, till_id, currency)
);
create index till_balances_open on till_balances (till_id) where accepted_count <> accounted_count + dismissed_count;

-- Whether the host's keys open what a reader seals: the newest sale of each reader key (the initial key id of its serial numbers).
create table reader_keys (
  till_bucket smallint not null,
  till_id text not null,
  key_id text not null,
  seq bigint not null,
  -- Why the newest one could not be opened; null: it was.
  fault text,
  primary key (till_bucket, till_id, key_id)
);
