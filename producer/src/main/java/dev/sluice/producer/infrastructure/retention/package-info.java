/** Runs the deletion of rows after their retention period. */
@NullMarked
package dev.sluice.producer.infrastructure.retention;

import org.jspecify.annotations.NullMarked;
