alter table batches add column priority integer not null default 10;
alter table batches add column paused_at timestamptz;

-- What the feed weighs: the prompt and the longest reply, estimated.
alter table tasks add column tokens bigint not null default 1;

-- A batch's part in a route: what of it waits, what of it is in the broker, and how much it has had.
-- Counted in the transactions that change the tasks, so that nobody has to count millions of them.
create table shares (
  batch_id  uuid not null references batches (id),
  route     text not null,
  queued    bigint not null,
  submitted bigint not null,
  -- Tokens that the feed has taken of it, divided by its priority: the least one is next.
  passed    double precision not null,
  primary key (batch_id, route)
);
create index shares_unfinished on shares (route) where queued > 0 or submitted > 0;

insert into shares (batch_id, route, queued, submitted, passed)
select batch_id, route, count(*) filter (where state = 'queued'),
  count(*) filter (where state = 'submitted'), 0
from tasks where state in ('queued', 'submitted') group by batch_id, route;
drop index tasks_submitted;

-- Whose row is locked feeds the route: one producer at a time.
create table feeds (
  route     text primary key,
  published bigint not null default 0
);
