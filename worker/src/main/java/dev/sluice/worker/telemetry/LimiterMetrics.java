package dev.sluice.worker.telemetry;

import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.LimiterStatus;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.LimitView;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/** How a route's limiter stands, as gauges that are read when they are asked for. */
public final class LimiterMetrics {
  private LimiterMetrics() {}

  public static void watch(MeterRegistry registry, String route, RateLimiter limiter) {
    Tags tags = Tags.of("route", route);
    gauge(
        registry,
        "sluice.permits.waiting",
        "Tasks that wait for a permit now",
        tags,
        limiter,
        LimiterStatus::waiting);
    for (HoldKind kind : HoldKind.values()) {
      gauge(
          registry,
          "sluice.route.held",
          "1 while the route rests for this reason",
          tags.and("kind", kind.wireName()),
          limiter,
          view -> isHeld(view, kind) ? 1 : 0);
    }
    for (LimitKind limitKind : LimitKind.values()) {
      Tags what = tags.and("limit", limitKind.wireName());
      gauge(
          registry,
          "sluice.limit.per.minute",
          "What the provider allows per minute, set or learned; no value where none is known",
          what,
          limiter,
          view -> of(view, limitKind, limit -> 60 * limit.perSecond()));
      gauge(
          registry,
          "sluice.limit.target.per.minute",
          "How fast the workers together go now",
          what,
          limiter,
          view -> of(view, limitKind, limit -> 60 * limit.targetPerSecond()));
      gauge(
          registry,
          "sluice.limit.remaining",
          "What the provider's last reply said is left",
          what,
          limiter,
          view -> of(view, limitKind, LimiterMetrics::left));
    }
  }

  private static boolean isHeld(LimiterStatus view, HoldKind kind) {
    LimiterStatus.Hold hold = view.hold();
    return hold != null && hold.kind() == kind;
  }

  private static double left(LimitView limit) {
    Long left = limit.remaining();
    return left == null ? Double.NaN : left;
  }

  private static double of(
      LimiterStatus view, LimitKind limitKind, ToDoubleFunction<LimitView> value) {
    return view.limits().stream()
        .filter(limit -> limit.kind() == limitKind)
        .mapToDouble(value)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static void gauge(
      MeterRegistry registry,
      String name,
      String description,
      Tags tags,
      RateLimiter limiter,
      ToDoubleFunction<LimiterStatus> value) {
    Gauge.builder(name, limiter, one -> value.applyAsDouble(one.status()))
        .description(description)
        .tags(tags)
        .register(registry);
  }
}
