-- The keys that were made for projects; of each, only what recognises it.
create table api_keys (
  id         text primary key,
  project    text not null,
  name       text not null,
  digest     bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);

alter table files add column project text not null default 'default';
alter table files alter column project drop default;
drop index files_by_age;
create index files_by_age on files (project, created_at desc, id desc);

alter table batches add column project text not null default 'default';
alter table batches alter column project drop default;
drop index batches_by_age;
create index batches_by_age on batches (project, created_at desc, id desc);
