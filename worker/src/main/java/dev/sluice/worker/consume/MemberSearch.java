package dev.sluice.worker.consume;

import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.limit.MemberSelection;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The search of a task for a member of its route that processes it. Each member may refuse it once.
 *
 * @param task the task, with the refused calls in its history
 * @param tier the service tier that was chosen at its start
 * @param selection the members that may be called
 * @param end when it no longer waits for a permit, in nanoseconds of the JVM
 */
record MemberSearch(ReceivedTask task, ServiceTier tier, MemberSelection selection, long end) {

  /**
   * @param timeout the maximum time that the task waits for permits
   */
  static MemberSearch of(
      ReceivedTask task, ServiceTier tier, MemberSelection selection, Duration timeout) {
    return new MemberSearch(task, tier, selection, System.nanoTime() + timeout.toNanos());
  }

  /** Whether the provider did not process the call, so that another member may at no cost. */
  static boolean isRejection(CallFeedback feedback) {
    return switch (feedback) {
      case CallFeedback.Throttled throttled -> true;
      case CallFeedback.RouteUnavailable unavailable -> true;
      case CallFeedback.Failed failed -> !failed.reached();
      case CallFeedback.NoCapacity refused -> false; // the wait before its next call is random
      case CallFeedback.Succeeded succeeded -> false;
      case CallFeedback.Rejected rejected -> false;
      case CallFeedback.Abandoned abandoned -> false;
      case CallFeedback.NotSent notSent -> false;
    };
  }

  /**
   * The search after a member has refused the task.
   *
   * @param message the task, with the refused call in its history
   */
  MemberSearch refused(String member, TaskMessage message) {
    Set<String> refused =
        Stream.concat(selection.refused().stream(), Stream.of(member)).collect(Collectors.toSet());
    return new MemberSearch(
        new ReceivedTask(message, task.caller(), task.redelivered()),
        tier,
        new MemberSelection(selection.firstAccount(), refused),
        end);
  }

  /** The remaining time to wait for a permit; zero if it is over. */
  Duration remaining() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** Whether the task may be called again: its caller has received no part of a reply. */
  boolean mayContinue() {
    boolean isStreaming = task.caller().isPresent() && task.caller().isStreaming();
    return !isStreaming && !remaining().isZero();
  }
}
