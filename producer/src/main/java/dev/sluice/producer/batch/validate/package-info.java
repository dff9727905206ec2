/** Validates the input files of batches and inserts their tasks. */
@NullMarked
package dev.sluice.producer.batch.validate;

import org.jspecify.annotations.NullMarked;
