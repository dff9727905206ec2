/** Batches, their cost and the estimate of a batch file in the HTTP API. */
@NullMarked
package dev.sluice.api.batch;

import org.jspecify.annotations.NullMarked;
