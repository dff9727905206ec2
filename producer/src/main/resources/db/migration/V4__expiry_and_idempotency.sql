alter table files add column expires_at timestamptz;
create index files_expiring on files (expires_at) where expires_at is not null;

alter table batches add column output_expires_seconds bigint;
-- What all of its lines ask for, if that is one model.
alter table batches add column model text;
alter table batches add column idempotency_key text;
create unique index batches_by_idempotency_key on batches (project, idempotency_key)
  where idempotency_key is not null;
