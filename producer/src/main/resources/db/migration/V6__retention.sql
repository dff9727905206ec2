-- What retention takes away next.
create index batches_ended on batches (coalesce(completed_at, failed_at, expired_at, cancelled_at))
  where status in ('completed', 'failed', 'expired', 'cancelled');
-- The files of a batch.
create index files_of_batch on files (batch_id) where batch_id is not null;
