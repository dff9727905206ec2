-- Each webhook has its turn, however many deliveries of others are due.
create index webhook_deliveries_of_webhook on webhook_deliveries (webhook_id, next_at);
