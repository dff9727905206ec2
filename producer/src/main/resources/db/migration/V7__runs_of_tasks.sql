-- Which run of a task this is: each replay is another. One of a batch at rest has a deadline of its own.
alter table tasks add column run integer not null default 1;
alter table tasks add column deadline timestamptz;

-- How often tasks of a batch at rest changed, and how many of these changes its files' sizes know.
alter table batches add column mended bigint not null default 0;
alter table batches add column files_mended bigint not null default 0;
create index batches_to_mend on batches (id) where mended <> files_mended;
