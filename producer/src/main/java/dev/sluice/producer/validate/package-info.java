/** Validates the input files of batches and inserts their tasks. */
@NullMarked
package dev.sluice.producer.validate;

import org.jspecify.annotations.NullMarked;
