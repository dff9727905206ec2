package dev.sluice.producer.capacity;

import dev.sluice.producer.report.RouteStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that bounds how many calls a route makes in a minute.
 *
 * @param what a limit, or {@code fleet_concurrency}
 * @param perMinute what the provider allows, or, where that is not known, the pace of the workers;
 *     null for {@code fleet_concurrency}
 * @param source who says so: {@code set}, {@code told}, {@code probed}, or {@code pace}
 * @param perCall what one call takes of it; null where that is not known
 * @param callsPerMinute how many calls that allows, to a thousandth; null where it is not known
 */
record RateConstraint(
    String what,
    @Nullable Long perMinute,
    String source,
    @Nullable Long perCall,
    @Nullable Double callsPerMinute) {
  private static final double MILLIS_PER_MINUTE = 60_000;

  /** Those of a route. */
  static List<RateConstraint> of(RouteStatus route) {
    List<RateConstraint> bounds = new ArrayList<>();
    for (RouteStatus.Limit limit : route.limits()) {
      boolean known = limit.perMinute() != null;
      Long perMinute = known ? limit.perMinute() : limit.pacePerMinute();
      if (perMinute != null) {
        Long perCall = perCall(limit.what(), route);
        Double calls = perCall == null ? null : thousandth((double) perMinute / perCall);
        bounds.add(
            new RateConstraint(
                limit.what(), perMinute, known ? limit.source() : "pace", perCall, calls));
      }
    }
    Integer fleet = route.fleetConcurrency();
    if (fleet != null) {
      Long callMs = route.callMs();
      Double calls = callMs == null ? null : thousandth(perMinute(fleet, callMs));
      bounds.add(new RateConstraint("fleet_concurrency", null, "set", null, calls));
    }
    return bounds;
  }

  /** How many calls end in a minute where so many run at once: Little's law. */
  static double perMinute(double inFlight, long callMs) {
    return inFlight * MILLIS_PER_MINUTE / callMs;
  }

  /** How many calls run at once where so many end in a minute: the same law. */
  static double inFlight(double perMinute, long callMs) {
    return perMinute * callMs / MILLIS_PER_MINUTE;
  }

  static double thousandth(double number) {
    return Math.round(number * 1000) / 1000.0;
  }

  /** As people write it: {@code input tokens}. */
  String words() {
    return what.replace('_', ' ');
  }

  private static @Nullable Long perCall(String what, RouteStatus route) {
    return switch (what) {
      case "requests" -> (Long) 1L;
      case "tokens" -> route.tokensPerCall();
      case "input_tokens" -> route.inputTokensPerCall();
      case "output_tokens" -> route.outputTokensPerCall();
      default -> null; // a limit that a newer worker knows
    };
  }
}
