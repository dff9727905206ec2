/** Deletes finished batches and resolved dead letters after their retention period. */
@NullMarked
package dev.sluice.producer.infrastructure.retention;

import org.jspecify.annotations.NullMarked;
