package dev.sluice.common.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

  /** The lane of that wire name, if there is one. */
  public static Optional<Lane> fromWire(String name) {
    return Arrays.stream(values()).filter(lane -> lane.wireName().equals(name)).findFirst();
  }
}
