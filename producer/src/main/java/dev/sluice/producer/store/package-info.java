/** Owns the tables of tasks, batches and batch-route counters: their SQL and their transitions. */
@NullMarked
package dev.sluice.producer.store;

import org.jspecify.annotations.NullMarked;
