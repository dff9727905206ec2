-- What people want of routes beyond their settings; null is as in the settings.
create table route_controls (
  route                    text primary key,
  hold_reason              text,
  held_at                  timestamptz,
  held_until               timestamptz,
  requests_per_minute      bigint,
  tokens_per_minute        bigint,
  input_tokens_per_minute  bigint,
  output_tokens_per_minute bigint
);

-- Failures of a batch by their code, and the tasks behind them.
create index tasks_failed on tasks (batch_id, failure_code, line_no) where state = 'failed';
