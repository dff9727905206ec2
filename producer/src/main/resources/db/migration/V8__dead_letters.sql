-- A failed run of a task, with all that a person needs of it: it outlives its batch.
create table dead_letters (
  id             uuid primary key,
  state          text not null default 'dead' check (state in ('dead', 'replayed', 'discarded')),
  project        text not null,
  task_id        text not null,
  run            integer not null,
  digest         bytea not null,
  batch_id       uuid,
  correlation_id text,
  custom_id      text not null,
  route          text not null,
  lane           text not null,
  endpoint       text not null,
  model          text not null,
  failure_code   text not null,
  failure_detail text not null,
  status_code    integer,
  request_id     text,
  attempts       integer not null,
  throttles      integer not null,
  worker         text not null,
  request        bytea not null,
  died_at        timestamptz not null,
  settled_at     timestamptz
);
alter table dead_letters alter column request set storage external;
-- A copy of the same death is none of its own.
create unique index dead_letters_once on dead_letters (task_id, run, digest);
create index dead_letters_by_age on dead_letters (state, id desc);
create index dead_letters_by_time on dead_letters (state, died_at);
create index dead_letters_of_project on dead_letters (project, state, id desc);
create index dead_letters_by_code on dead_letters (failure_code, state, id desc);
create index dead_letters_of_route on dead_letters (route, state, id desc);
create index dead_letters_of_batch on dead_letters (batch_id, id desc);
create index dead_letters_by_custom_id on dead_letters (left(custom_id, 256), id desc);

-- Finds what stands in the middle of an error. A database without the extension, or whose owner may
-- not make it, reads all errors instead.
do $$
begin
  create extension if not exists pg_trgm;
  create index dead_letters_by_text on dead_letters using gin (failure_detail gin_trgm_ops);
exception when others then
  raise notice 'no index for the text of dead letters: %', sqlerrm;
end
$$;

-- Who did what with a letter, and why.
create table dead_acts (
  id        uuid primary key,
  letter_id uuid not null references dead_letters (id),
  act       text not null check (act in ('replay', 'discard')),
  at        timestamptz not null,
  who       text not null,
  by_name   text,
  why       text not null,
  changed   text
);
create index dead_acts_of_letter on dead_acts (letter_id, id);

-- Many letters to replay or discard, some each second.
create table dead_jobs (
  id           uuid primary key,
  act          text not null check (act in ('replay', 'discard')),
  project      text,
  filter       jsonb not null,
  edit         jsonb not null,
  who          text not null,
  by_name      text,
  why          text not null,
  most         integer not null,
  per_second   integer not null,
  matched      bigint not null,
  state        text not null check (state in ('running', 'done', 'stopped')),
  -- The letters behind this one, up to the last that was there when the job was made.
  at_letter    uuid,
  last_letter  uuid,
  done         bigint not null default 0,
  refused      bigint not null default 0,
  last_refusal text,
  created_at   timestamptz not null,
  next_at      timestamptz not null,
  ended_at     timestamptz
);
create index dead_jobs_running on dead_jobs (next_at) where state = 'running';
