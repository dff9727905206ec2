-- After a restore of PostgreSQL, or a loss of the broker: queues the tasks again that are recorded as
-- submitted to the broker, as their next run. Run it while all producers and workers are stopped, and
-- after the task and delay queues are purged. docs/ready-for-production.md has the complete procedure.
begin;
with lost as (
  update tasks set state = 'queued', run = run + 1 where state = 'submitted'
  returning batch_id, route)
update shares s set queued = s.queued + l.tasks, submitted = s.submitted - l.tasks
from (select batch_id, route, count(*) as tasks from lost group by batch_id, route) l
where s.batch_id = l.batch_id and s.route = l.route;
delete from publications;
commit;
