/** Deletes finished batches and resolved dead letters after their retention period. */
@NullMarked
package dev.sluice.producer.retain;

import org.jspecify.annotations.NullMarked;
