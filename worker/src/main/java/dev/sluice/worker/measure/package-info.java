/** The worker's metrics. Depends on no other package of the worker. */
@NullMarked
package dev.sluice.worker.measure;

import org.jspecify.annotations.NullMarked;
