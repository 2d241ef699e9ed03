-- The histories of this store: a new one begins when a person decides that a restored store goes on. The newest is in force.
create table store_epochs (
  epoch integer primary key,
  epoch_id text not null,
  began_at timestamptz not null,
  -- Trace numbers of this epoch begin after this block, beyond all that may have been used.
  trace_block_floor bigint not null,
  decided_by text,
  why text
);

-- Why it was doubted that the store is as new as the world. While one is open, nothing is sent, taken or published.
create table store_doubts (
  doubt_id text primary key,
  epoch integer not null,
  cause text not null,
  data jsonb not null,
  found_at timestamptz not null,
  decision text,
  decided_by text,
  why text,
  decided_at timestamptz
);

-- Hosts that have no witness of this store yet, and the host with one that has vouched for it since.
create table store_joins (
  host_name text primary key,
  asked_at timestamptz not null,
  vouched_by text
);

-- Keys of the store's owner, each sealed under the store key that every host of the store is given.
create table store_keys (
  name text primary key,
  sealed text not null
);
