-- What a project stores and has unfinished: each quota is one sum over one of these indexes.
create index files_stored on files (project) include (bytes) where batch_id is null;
create index batches_stored on batches (project) include (input_bytes)
  where status = 'validating' or in_progress_at is not null;
create index batches_unfinished_of_project on batches (project) include (id, input_bytes)
  where status in ('validating', 'in_progress', 'finalizing', 'cancelling');
