-- Whether the provider cut off the reply of a completed task at its token limit, and how many there are in a batch.
alter table tasks add column cut_off boolean not null default false;
alter table batches add column cut_off bigint not null default 0;
-- Whether a cut-off answer fails its task.
alter table batches add column fail_cut_off boolean not null default false;

-- The share of failures that pauses the batch; null for none.
alter table batches add column stop_after jsonb;
-- Why it paused the batch; kept after the batch is resumed, because it does so once.
alter table batches add column stop_reason jsonb;
-- Whether the stop condition has paused it. paused_by is then 'hand', so that an earlier version does not resume it.
alter table batches add column stopped boolean not null default false;
