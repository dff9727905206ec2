package dev.sluice.worker.consume;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.live.LiveCaller;

/**
 * A task from its queue.
 *
 * @param caller the caller that waits for the task, or {@link LiveCaller#none}
 * @param redelivered whether the broker delivers the task again; its worker may have died
 */
record ReceivedTask(TaskMessage message, LiveCaller caller, boolean redelivered) {

  boolean isCallerGone() {
    return caller.isPresent() && caller.cancelled().isDone();
  }
}
