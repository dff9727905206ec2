-- After a restore of PostgreSQL, or a loss of the broker: what the database believes to be in the
-- broker is queued anew, as the task's next run. With all producers and workers stopped, and the task
-- and delay queues purged: docs/ready-for-production.md has the steps before and after.
begin;
with lost as (
  update tasks set state = 'queued', run = run + 1 where state = 'submitted'
  returning batch_id, route)
update shares s set queued = s.queued + l.tasks, submitted = s.submitted - l.tasks
from (select batch_id, route, count(*) as tasks from lost group by batch_id, route) l
where s.batch_id = l.batch_id and s.route = l.route;
commit;
