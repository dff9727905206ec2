package dev.sluice.cli.plan;

import dev.sluice.cli.client.RouteState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One thing that bounds how many calls a route makes in a minute.
 *
 * @param what a limit, or {@code fleet_concurrency}
 * @param perMinute what the provider allows, or, where that is not known, the pace of the workers;
 *     empty for {@code fleet_concurrency}
 * @param source who says so: {@code set}, {@code told}, {@code probed}, or {@code pace}
 * @param perCall what one call takes of it; empty where that is not known
 * @param callsPerMinute how many calls that allows; empty where it is not known
 */
record Bound(
    String what,
    OptionalLong perMinute,
    String source,
    OptionalLong perCall,
    OptionalDouble callsPerMinute) {
  private static final double MILLIS_PER_MINUTE = 60_000;

  /** Those of a route. */
  static List<Bound> of(RouteState route) {
    List<Bound> bounds = new ArrayList<>();
    for (RouteState.Limit limit : route.limits()) {
      boolean known = limit.perMinute().isPresent();
      OptionalLong perMinute = known ? limit.perMinute() : limit.pacePerMinute();
      if (perMinute.isPresent()) {
        OptionalLong perCall = perCall(limit.what(), route);
        OptionalDouble calls =
            perCall.isPresent()
                ? OptionalDouble.of((double) perMinute.getAsLong() / perCall.getAsLong())
                : OptionalDouble.empty();
        bounds.add(
            new Bound(limit.what(), perMinute, known ? limit.source() : "pace", perCall, calls));
      }
    }
    if (route.fleetConcurrency().isPresent()) {
      OptionalDouble calls =
          route.callMs().isPresent()
              ? OptionalDouble.of(
                  perMinute(
                      (double) route.fleetConcurrency().getAsLong(), route.callMs().getAsLong()))
              : OptionalDouble.empty();
      OptionalLong none = OptionalLong.empty();
      bounds.add(new Bound("fleet_concurrency", none, "set", none, calls));
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

  /** As people write it: {@code input tokens}. */
  String words() {
    return what.replace('_', ' ');
  }

  private static OptionalLong perCall(String what, RouteState route) {
    return switch (what) {
      case "requests" -> OptionalLong.of(1);
      case "tokens" -> route.tokensPerCall();
      case "input_tokens" -> route.inputTokensPerCall();
      case "output_tokens" -> route.outputTokensPerCall();
      default -> OptionalLong.empty(); // a limit that a newer producer knows
    };
  }
}
