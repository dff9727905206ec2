/** The endpoints of batches, and the events of their tasks. */
@NullMarked
package dev.sluice.producer.batch;

import org.jspecify.annotations.NullMarked;
