/** Checks the answers of tasks, and builds the request that asks again. */
@NullMarked
package dev.sluice.worker.check;

import org.jspecify.annotations.NullMarked;
