/** A client for batches over HTTP. */
@NullMarked
package dev.sluice.client.batch;

import org.jspecify.annotations.NullMarked;
