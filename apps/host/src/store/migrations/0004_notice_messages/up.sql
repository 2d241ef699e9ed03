-- The messages that the SMS centre has taken for a notice: one, or one for each part of a long text.
create table notice_messages (
  bucket smallint not null,
  payment_id text not null,
  kind text not null,
  part integer not null,
  -- As the centre has named it.
  message_id text not null,
  -- The same without zeros in front, in lower case: by this a receipt finds it.
  message_key text not null,
  -- What its receipt said; null before that.
  is_delivered boolean,
  primary key (bucket, payment_id, kind, part)
);
create index notice_messages_by_key on notice_messages (message_key);
drop index notices_by_message;
alter table notices drop column message_id;
