/** Batches: their state, the transitions between their statuses, and their endpoints. */
@NullMarked
package dev.sluice.producer.batch;

import org.jspecify.annotations.NullMarked;
