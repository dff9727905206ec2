/** The worker's metrics. Depends on {@code limit} and {@code pace}. */
@NullMarked
package dev.sluice.worker.measure;

import org.jspecify.annotations.NullMarked;
