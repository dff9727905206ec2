-- Without a transaction, so that tasks can change while the index is built. An index that an interrupted
-- build left is invalid.
-- Tasks that ended before V34 have the number 0, and the order of their lines.
drop index concurrently if exists tasks_results;
create index concurrently tasks_results on tasks (batch_id, result_no, line_no)
  where finished_at is not null;
