-- The service tier that the batch requests, flex or standard; null for that of the route.
alter table batches add column tier text;
