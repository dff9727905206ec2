-- The traceparent of the request: the traces of the batch's tasks are linked to it. Null where nobody collected traces.
alter table batches add column traceparent text;
