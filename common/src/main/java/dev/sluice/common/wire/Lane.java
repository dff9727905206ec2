package dev.sluice.common.wire;

import java.util.Locale;

/**
 * Which of a route's two queues a task takes: {@code batch}, or {@code live} for a waiting caller.
 */
public enum Lane {
  BATCH,
  LIVE;

  /** The name on the wire, in small letters. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
