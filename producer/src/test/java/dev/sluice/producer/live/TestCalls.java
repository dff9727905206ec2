package dev.sluice.producer.live;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.access.Project;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Creates live calls for tests. */
final class TestCalls {
  static final String ROUTE = "mini";

  private TestCalls() {}

  static LiveCall call(String key, String step, AtomicLong unreadBytes, long maxUnreadBytes) {
    return call(key, step, KeyLimits.NONE, unreadBytes, maxUnreadBytes);
  }

  static LiveCall ofProject(String project, String key) {
    return call(
        new AuthenticatedCaller(key, key, new Project(project), false, KeyLimits.NONE),
        "s",
        new AtomicLong(),
        100);
  }

  static LiveCall call(String key, String step, KeyLimits limits) {
    return call(key, step, limits, new AtomicLong(), 100);
  }

  private static LiveCall call(
      String key, String step, KeyLimits limits, AtomicLong unreadBytes, long maxUnreadBytes) {
    return call(
        new AuthenticatedCaller(key, key, Project.DEFAULT, false, limits),
        step,
        unreadBytes,
        maxUnreadBytes);
  }

  private static LiveCall call(
      AuthenticatedCaller caller, String step, AtomicLong unreadBytes, long maxUnreadBytes) {
    TaskIds ids = new TaskIds("t", null, "/v1/chat/completions", ROUTE, Lane.LIVE, "t", null);
    TaskMessage task = TaskMessage.first(ids, Instant.EPOCH, null, Payload.of("{}"));
    return new LiveCall(task, caller, step, unreadBytes, maxUnreadBytes);
  }
}
