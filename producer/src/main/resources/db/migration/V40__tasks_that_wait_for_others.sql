-- A blocked task waits for the answers of other tasks of its batch. Its body is made from them.
alter table tasks drop constraint tasks_state_check;
alter table tasks add constraint tasks_state_check check (state in
  ('blocked', 'queued', 'submitted', 'completed', 'failed', 'expired', 'cancelled')) not valid;
-- The names of the answers that its body was made without, as a JSON array; null for none.
alter table tasks add column missing text;

-- The number of a batch's blocked tasks on the route.
alter table shares add column blocked bigint not null default 0;
-- The number of lines of its input that wait for other lines; 0 for most batches.
alter table batches add column dependents bigint not null default 0;

-- What a task with dependencies is made from; kept until its batch is deleted, because a replay of
-- another task may block it again.
create table dependents (
  task_id      uuid primary key,
  batch_id     uuid not null,
  -- Its body, with placeholders for the answers.
  template     bytea not null,
  -- Whether it is made without the answers of tasks that failed.
  keep_partial boolean not null,
  -- The most tokens of answers in one request; more are combined in several levels. Null for no limit.
  max_tokens   bigint,
  -- The level whose answers it waits for, from 1.
  level        integer not null default 1,
  -- The tokens of the answers of the level before; null for level 1.
  level_tokens bigint
);
alter table dependents alter column template set storage external;
create index dependents_of_batch on dependents (batch_id);

-- The answers that a dependent is made from, in their order.
create table dependencies (
  dependent uuid not null references dependents (task_id) on delete cascade,
  batch_id  uuid not null,
  level     integer not null,
  position  integer not null,
  custom_id text not null,
  label     text,
  -- Null until the validation of the batch has read all lines.
  task_id   uuid,
  primary key (dependent, level, position)
);
create index dependencies_of_batch on dependencies (batch_id);
create index dependencies_of_task on dependencies (task_id);
