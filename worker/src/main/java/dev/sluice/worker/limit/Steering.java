package dev.sluice.worker.limit;

import dev.sluice.worker.pace.Dimension;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants of a route.
 *
 * @param hold why nobody is to call it; null where somebody may
 * @param perMinute limits that stand in for those of the settings
 */
public record Steering(@Nullable String hold, Map<Dimension, Long> perMinute) {
  /** Nothing but the settings. */
  public static final Steering NONE = new Steering(null, Map.of());

  public Steering {
    perMinute = Map.copyOf(perMinute);
  }
}
