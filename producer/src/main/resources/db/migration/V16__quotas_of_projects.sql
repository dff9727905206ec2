-- What a project may have at once; null is as in the settings.
create table project_quotas (
  project      text primary key,
  batches      bigint,
  queued_tasks bigint,
  queued_bytes bigint,
  stored_bytes bigint
);
