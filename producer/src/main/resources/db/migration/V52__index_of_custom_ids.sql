-- Without a transaction, as V38. Finds the tasks with a custom id in all batches. Custom ids may be
-- longer than an entry of an index, so the index has their hashes.
drop index concurrently if exists tasks_by_custom_id;
create index concurrently tasks_by_custom_id on tasks (hashtextextended(custom_id, 0));
