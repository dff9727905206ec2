package dev.sluice.producer.live;

import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.producer.access.Caller;
import dev.sluice.producer.access.LiveShare;
import dev.sluice.producer.access.Project;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Calls as they stand at a door. */
final class TestCalls {
  static final String ROUTE = "mini";

  private TestCalls() {}

  static Call call(String key, String step, AtomicLong unread, long mostUnread) {
    return call(key, step, LiveShare.ALL, unread, mostUnread);
  }

  static Call call(String key, String step, LiveShare share) {
    return call(key, step, share, new AtomicLong(), 100);
  }

  private static Call call(
      String key, String step, LiveShare share, AtomicLong unread, long mostUnread) {
    TaskIds ids = new TaskIds("t", null, "/v1/chat/completions", ROUTE, Lane.LIVE, "t", null);
    TaskMessage task = TaskMessage.first(ids, Instant.EPOCH, null, Body.of("{}"));
    return new Call(
        task, new Caller(key, key, Project.DEFAULT, false, share), step, unread, mostUnread);
  }
}
