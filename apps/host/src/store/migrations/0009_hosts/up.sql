-- The hosts of this store and where they are: reference data.
create table hosts (
  host_name text primary key,
  url text not null,
  seen_at timestamptz not null
);

-- Which host holds the connection with a bank, and until when: reference data.
create table bank_lines (
  bank_id text primary key,
  host_name text not null,
  held_until timestamptz not null
);
