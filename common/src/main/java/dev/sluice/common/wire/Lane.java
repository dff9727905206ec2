package dev.sluice.common.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The two queues of a route: {@code batch} for batch tasks, {@code live} for calls whose caller
 * waits for the reply.
 */
public enum Lane {
  BATCH,
  LIVE;

  /** The lower-case name used in headers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The lane with this wire name; empty if unknown. */
  public static Optional<Lane> fromWire(String name) {
    return Arrays.stream(values()).filter(lane -> lane.wireName().equals(name)).findFirst();
  }
}
