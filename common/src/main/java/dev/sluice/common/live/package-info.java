/** Messages and queues of live tasks, between workers and waiting callers. */
@NullMarked
package dev.sluice.common.live;

import org.jspecify.annotations.NullMarked;
