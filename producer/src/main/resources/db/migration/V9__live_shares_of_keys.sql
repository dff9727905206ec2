-- What of a route a key may take with live calls; 0 for all of it.
alter table api_keys
  add column live_concurrency integer not null default 0 check (live_concurrency >= 0),
  add column live_requests_per_minute integer not null default 0 check (live_requests_per_minute >= 0);
