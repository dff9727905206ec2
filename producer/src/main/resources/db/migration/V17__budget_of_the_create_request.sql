-- The budget as in the request, which an idempotent retry is compared with; 'budget' may change.
alter table batches add column requested_budget numeric;
update batches set requested_budget = budget where idempotency_key is not null and budget is not null;
