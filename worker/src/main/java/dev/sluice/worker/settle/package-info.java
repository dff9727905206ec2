/** Decides the settlement of each task and executes it: publish, confirm, acknowledge. */
@NullMarked
package dev.sluice.worker.settle;

import org.jspecify.annotations.NullMarked;
