-- The tasks and live calls that finished in each hour, in UTC.
create table hourly_history (
  hour      timestamptz not null,
  route     text not null,
  completed bigint not null,
  failed    bigint not null,
  throttled bigint not null,
  tokens    bigint not null,
  primary key (hour, route)
);
