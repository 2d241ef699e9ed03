-- What is known of issuers by the answers about their cards, whatever bank carried them: reference data. Only those of which an
-- attempt was in vain.
create table issuer_states (
  issuer text primary key,
  -- In a row.
  attempts_in_vain integer not null,
  -- When the first of them was.
  unreached_since timestamptz not null,
  -- When it decided first after them.
  decided_at timestamptz,
  -- It is back, and recovery has not looked at the debts that wait for it.
  is_back_pending boolean not null
);
create index issuer_states_back on issuer_states (issuer) where is_back_pending;
