/** Batches over HTTP. Depends on nothing. */
@NullMarked
package dev.sluice.client.batch;

import org.jspecify.annotations.NullMarked;
