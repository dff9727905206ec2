/** Splits long documents of requests into parts that fit the model's context length. */
@NullMarked
package dev.sluice.producer.batch.split;

import org.jspecify.annotations.NullMarked;
