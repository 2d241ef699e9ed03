-- What lies beside the entries that have arrived, each encrypted under a data key of its own, until they are folded.
create table intake_attachments (
  till_bucket smallint not null,
  till_id text not null,
  seq bigint not null,
  name text not null,
  data_key text not null,
  -- Of card data: the data key under which number and expiry will be kept.
  account_key text,
  sealed text not null,
  primary key (till_bucket, till_id, seq, name)
);

-- Which payment each key serial number of a reader belongs to: a tap pays once.
create table card_taps (
  bucket smallint not null,
  ksn text not null,
  payment_id text not null,
  primary key (bucket, ksn)
);

-- Data keys that nothing in this store is encrypted under any more: they are about to be destroyed.
create table key_destructions (
  bucket smallint not null,
  data_key text not null,
  primary key (bucket, data_key)
);
