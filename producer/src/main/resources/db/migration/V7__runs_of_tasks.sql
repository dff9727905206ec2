-- The run of a task; each replay increments it. A replay of a finished batch has its own deadline.
alter table tasks add column run integer not null default 1;
alter table tasks add column deadline timestamptz;

-- The number of changes to the tasks of a finished batch, and how many of them its files include.
alter table batches add column results_version bigint not null default 0;
alter table batches add column files_version bigint not null default 0;
create index batches_with_stale_files on batches (id) where results_version <> files_version;
