-- The JSON schema that each answer of a batch must fit; null for no check. As text, because jsonb rejects some valid JSON.
alter table batches add column check_schema text;
-- The maximum number of further asks after an answer that does not fit; null for no check.
alter table batches add column check_re_ask integer;
-- The number of further asks of the batch's ended tasks.
alter table batches add column re_asks bigint not null default 0;

-- The number of asks of an ended task with a check; null for any other task.
alter table tasks add column asks integer;
-- Whether an operator accepted an answer that does not fit.
alter table tasks add column accepted boolean not null default false;
