-- Work that one producer at a time does, such as the feed of a route. An expired lease is free.
create table leases (
  name       text primary key,
  holder     uuid not null,
  expires_at timestamptz not null
);

-- Tasks that are being published. A row is committed before the publish and deleted after the broker's
-- confirms. A row that stays belongs to a producer that died, or to tasks that were not confirmed.
create table publications (
  id    uuid primary key,
  route text not null,
  tasks uuid[] not null
);
create index publications_of_route on publications (route);

-- The number of scans of the route's queue. A scan republishes tasks, which changes their order.
alter table feeds add column scans bigint not null default 0;
