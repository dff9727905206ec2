-- The run of a task; each replay increments it. A replay of a finished batch has its own deadline.
alter table tasks add column run integer not null default 1;
alter table tasks add column deadline timestamptz;

-- The number of changes to the tasks of a finished batch, and how many of them its files include.
alter table batches add column mended bigint not null default 0;
alter table batches add column files_mended bigint not null default 0;
create index batches_to_mend on batches (id) where mended <> files_mended;
