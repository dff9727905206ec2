-- The usage of live calls in each month, in UTC, by key and step.
create table live_costs (
  key_id             text not null,
  month              date not null,
  project            text not null,
  step               text not null,
  route              text not null,
  model              text not null,
  service_tier       text not null,
  calls              bigint not null,
  prompt_tokens      bigint not null,
  completion_tokens  bigint not null,
  cached_tokens      bigint not null,
  cache_write_tokens bigint not null,
  primary key (key_id, month, project, step, route, model, service_tier)
);
create index live_costs_by_month on live_costs (month, project);

-- Dollars per calendar month, in UTC, for the live calls of the key; null for no budget.
alter table api_keys add column budget numeric(18, 6);
