-- The prompt tokens that providers read from their prompt caches, and those that they wrote.
alter table costs
  add column cached_tokens bigint not null default 0,
  add column cache_write_tokens bigint not null default 0;
alter table project_costs
  add column cached_tokens bigint not null default 0,
  add column cache_write_tokens bigint not null default 0;

-- The part of the tokens in costs that other tiers than the standard one have processed.
create table tier_costs (
  batch_id           uuid not null references batches (id) on delete cascade,
  route              text not null,
  model              text not null,
  service_tier       text not null,
  prompt_tokens      bigint not null,
  completion_tokens  bigint not null,
  cached_tokens      bigint not null,
  cache_write_tokens bigint not null,
  primary key (batch_id, route, model, service_tier)
);

-- The part of the tokens in project_costs that other tiers than the standard one have processed.
create table project_tier_costs (
  project            text not null,
  month              date not null,
  route              text not null,
  model              text not null,
  service_tier       text not null,
  prompt_tokens      bigint not null,
  completion_tokens  bigint not null,
  cached_tokens      bigint not null,
  cache_write_tokens bigint not null,
  primary key (project, month, route, model, service_tier)
);
