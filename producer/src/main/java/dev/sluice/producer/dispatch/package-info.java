/**
 * Publishes queued tasks from PostgreSQL to the broker, and withdraws those of suspended batches.
 */
@NullMarked
package dev.sluice.producer.dispatch;

import org.jspecify.annotations.NullMarked;
