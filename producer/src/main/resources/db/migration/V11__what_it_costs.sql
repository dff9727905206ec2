-- What a batch was expected to take of each model, and what it has taken: counted in the transactions
-- that make and end its tasks. Prices are applied when it is read.
create table costs (
  batch_id          uuid not null references batches (id) on delete cascade,
  route             text not null,
  model             text not null,
  tasks             bigint not null,
  -- Estimated from the requests: the prompts, and the longest replies that they allow.
  estimated_prompt  bigint not null,
  estimated_reply   bigint not null,
  ended             bigint not null default 0,
  prompt_tokens     bigint not null default 0,
  completion_tokens bigint not null default 0,
  primary key (batch_id, route, model)
);

-- What a project has taken in each month, in UTC.
create table project_costs (
  project           text not null,
  month             date not null,
  route             text not null,
  model             text not null,
  prompt_tokens     bigint not null,
  completion_tokens bigint not null,
  primary key (project, month, route, model)
);

-- In dollars; a batch or project that has spent it is paused.
alter table batches add column budget numeric(18, 6);
-- hand, budget or project_budget; null as long as it runs.
alter table batches add column paused_by text;
update batches set paused_by = 'hand' where paused_at is not null;
create table project_budgets (
  project text primary key,
  -- A calendar month's, in UTC.
  dollars numeric(18, 6) not null
);
