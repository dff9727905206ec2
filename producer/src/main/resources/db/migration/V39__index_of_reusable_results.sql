-- Without a transaction, as V38. Finds the newest results of a request.
drop index concurrently if exists tasks_reusable;
create index concurrently tasks_reusable on tasks (request_hash, finished_at desc)
  where request_hash is not null and state = 'completed' and not cut_off and not reused;
