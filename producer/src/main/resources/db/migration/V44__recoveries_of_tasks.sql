-- How many runs of a task were started because the task was lost. A task whose runs are all such ones expires like a task
-- in its first run; a replay fails, so that it becomes a dead letter again.
alter table tasks add column recoveries integer not null default 0;
