/** Generates the output and error files of batches from their tasks, and finishes batches. */
@NullMarked
package dev.sluice.producer.batch.output;

import org.jspecify.annotations.NullMarked;
