-- An uploaded file, or one that is generated from a batch's tasks whenever it is read.
create table files (
  id         text primary key,
  purpose    text not null,
  filename   text not null,
  bytes      bigint not null,
  created_at timestamptz not null,
  status     text not null check (status in ('uploading', 'processed')),
  batch_id   uuid,
  part       text check (part in ('output', 'error')),
  check ((batch_id is null) = (part is null))
);
create index files_by_age on files (created_at desc, id desc);

-- Rows of at most 1 MiB, so that a file of any size passes through little memory.
create table file_chunks (
  file_id text not null,
  seq     integer not null,
  content bytea not null,
  primary key (file_id, seq)
);
-- Compressed text is rarely sent: spare the processor.
alter table file_chunks alter column content set storage external;

create table batches (
  id                 uuid primary key,
  endpoint           text not null,
  input_file_id      text not null,
  completion_window  text not null,
  metadata           jsonb,
  status             text not null check (status in
    ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')),
  errors             jsonb,
  output_file_id     text,
  error_file_id      text,
  created_at         timestamptz not null,
  expires_at         timestamptz not null,
  in_progress_at     timestamptz,
  finalizing_at      timestamptz,
  completed_at       timestamptz,
  failed_at          timestamptz,
  expired_at         timestamptz,
  cancelling_at      timestamptz,
  cancelled_at       timestamptz,
  -- Counted in the transaction that ends the tasks.
  total              bigint not null default 0,
  completed          bigint not null default 0,
  failed             bigint not null default 0,
  expired            bigint not null default 0,
  cancelled          bigint not null default 0,
  attempts           bigint not null default 0,
  throttles          bigint not null default 0,
  prompt_tokens      bigint not null default 0,
  completion_tokens  bigint not null default 0
);
create index batches_by_age on batches (created_at desc, id desc);
create index batches_unfinished on batches (status)
  where status in ('validating', 'in_progress', 'finalizing', 'cancelling');

create table tasks (
  id                 uuid primary key,
  batch_id           uuid not null references batches (id),
  line_no            bigint not null,
  custom_id          text not null,
  route              text not null,
  model              text not null,
  body               bytea not null,
  state              text not null default 'queued' check (state in
    ('queued', 'submitted', 'completed', 'failed', 'expired', 'cancelled')),
  attempts           integer not null default 0,
  throttles          integer not null default 0,
  status_code        integer,
  request_id         text,
  reply              bytea,
  failure_code       text,
  failure_detail     text,
  prompt_tokens      bigint not null default 0,
  completion_tokens  bigint not null default 0,
  latency_ms         bigint,
  worker             text,
  finished_at        timestamptz
);
-- The lines of a batch in their order, for its output.
create unique index tasks_lines on tasks (batch_id, line_no);
-- What the feed takes next, and what it has in the broker: both shrink as the work is done.
create index tasks_queued on tasks (route, batch_id, line_no) where state = 'queued';
create index tasks_submitted on tasks (route, batch_id) where state = 'submitted';
