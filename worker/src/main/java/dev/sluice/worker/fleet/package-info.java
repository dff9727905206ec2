/** Messages between the workers and the producers: holds, overrides, suspensions and reports. */
@NullMarked
package dev.sluice.worker.fleet;

import org.jspecify.annotations.NullMarked;
