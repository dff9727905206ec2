-- The order in which tasks end, for clients that read results while a batch runs. The trigger also numbers
-- the results that an earlier version of the producer stores. A transaction that ends tasks holds the lock
-- of their batch, so that the numbers within a batch have the order of the commits.
create sequence task_results;
alter table tasks add column result_no bigint not null default 0;

create function number_result() returns trigger language plpgsql as $$
begin
  new.result_no := nextval('task_results');
  return new;
end
$$;
create trigger tasks_number_result before update of finished_at on tasks
  for each row when (new.finished_at is not null) execute function number_result();
