package dev.sluice.producer.history;

import java.time.Instant;
import java.util.Comparator;

/**
 * One hour of a route. The order is that of the row locks of all producers.
 *
 * @param start start of the hour, UTC
 */
record RouteHour(Instant start, String route) implements Comparable<RouteHour> {
  private static final Comparator<RouteHour> ORDER =
      Comparator.comparing(RouteHour::start).thenComparing(RouteHour::route);

  @Override
  public int compareTo(RouteHour other) {
    return ORDER.compare(this, other);
  }
}
