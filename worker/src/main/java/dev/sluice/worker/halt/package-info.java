/** Batches that were cancelled or paused while a worker holds tasks of theirs. */
@NullMarked
package dev.sluice.worker.halt;

import org.jspecify.annotations.NullMarked;
