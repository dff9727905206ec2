/** Presence queries and replies for the callers of live tasks, over the broker. */
@NullMarked
package dev.sluice.worker.live;

import org.jspecify.annotations.NullMarked;
