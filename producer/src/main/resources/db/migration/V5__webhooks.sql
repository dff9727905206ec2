create table webhooks (
  id         text primary key,
  project    text not null,
  url        text not null,
  secret     bytea not null,
  created_at timestamptz not null
);
create index webhooks_of_project on webhooks (project, created_at);

-- What has to be told to whom; gone when it is told, or when nobody has listened for too long.
create table webhook_deliveries (
  id         uuid primary key,
  webhook_id text not null references webhooks (id) on delete cascade,
  event_id   text not null,
  body       text not null,
  created_at timestamptz not null,
  attempts   integer not null default 0,
  next_at    timestamptz not null
);
create index webhook_deliveries_due on webhook_deliveries (next_at);
