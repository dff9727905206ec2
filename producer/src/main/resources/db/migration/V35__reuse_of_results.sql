-- How long ago a result may have been stored that answers an identical request of the batch; null for none.
alter table batches add column reuse_seconds bigint;
-- The number of its tasks that were answered so.
alter table batches add column reused bigint not null default 0;

-- The first 8 bytes of the SHA-256 of endpoint, route and body: finds candidates, whose bytes are then compared.
-- Null for tasks of earlier versions.
alter table tasks add column request_hash bigint;
-- Whether the reply was copied from another task. Copies are not copied again: their age is unknown.
alter table tasks add column reused boolean not null default false;
