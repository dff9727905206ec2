/** Generates the output and error files of batches from their tasks, and finishes batches. */
@NullMarked
package dev.sluice.producer.output;

import org.jspecify.annotations.NullMarked;
