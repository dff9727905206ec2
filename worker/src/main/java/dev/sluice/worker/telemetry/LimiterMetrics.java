package dev.sluice.worker.telemetry;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.LimiterStatus;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.LimitView;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Gauges of a route's rate limiter, computed at each scrape. */
public final class LimiterMetrics {
  private LimiterMetrics() {}

  public static void register(MeterRegistry registry, RouteSettings route, RateLimiter limiter) {
    Tags tags = Tags.of("route", route.name());
    route.members().forEach(member -> registerMember(registry, tags, member.name(), limiter));
    gauge(
        registry,
        "sluice.permits.waiting",
        "Tasks waiting for a permit",
        tags,
        limiter,
        LimiterStatus::waiting);
    for (HoldKind kind : HoldKind.values()) {
      gauge(
          registry,
          "sluice.route.held",
          "1 while the route is held for this reason, else 0",
          tags.and("kind", kind.wireName()),
          limiter,
          view -> isHeld(view.hold(), kind) ? 1 : 0);
    }
    for (LimitKind limitKind : LimitKind.values()) {
      Tags limitTags = tags.and("limit", limitKind.wireName());
      gauge(
          registry,
          "sluice.limit.per.minute",
          "The provider's limit per minute, configured, advertised or inferred; NaN if unknown",
          limitTags,
          limiter,
          view -> of(view.limits(), limitKind, limit -> 60 * limit.perSecond()));
      gauge(
          registry,
          "sluice.limit.target.per.minute",
          "Target rate per minute of all workers together",
          limitTags,
          limiter,
          view -> of(view.limits(), limitKind, limit -> 60 * limit.targetPerSecond()));
      gauge(
          registry,
          "sluice.limit.remaining",
          "Remaining amount of the limit in the provider's last reply",
          limitTags,
          limiter,
          view -> of(view.limits(), limitKind, LimiterMetrics::remaining));
    }
  }

  private static void registerMember(
      MeterRegistry registry, Tags route, String name, RateLimiter limiter) {
    Tags tags = route.and("member", name);
    gauge(
        registry,
        "sluice.member.calls.running",
        "Calls of a member of the route that have no response yet",
        tags,
        limiter,
        view -> of(view, name, LimiterStatus.Member::running));
    for (HoldKind kind : HoldKind.values()) {
      gauge(
          registry,
          "sluice.member.held",
          "1 while the member is held for this reason, else 0",
          tags.and("kind", kind.wireName()),
          limiter,
          view -> of(view, name, member -> isHeld(member.hold(), kind) ? 1 : 0));
    }
    for (LimitKind limitKind : LimitKind.values()) {
      Tags limitTags = tags.and("limit", limitKind.wireName());
      gauge(
          registry,
          "sluice.member.limit.per.minute",
          "The limit per minute of the member's account; NaN if unknown",
          limitTags,
          limiter,
          view ->
              of(
                  view,
                  name,
                  member -> of(member.limits(), limitKind, limit -> 60 * limit.perSecond())));
    }
  }

  private static double of(
      LimiterStatus view, String name, ToDoubleFunction<LimiterStatus.Member> value) {
    return view.members().stream()
        .filter(member -> member.name().equals(name))
        .mapToDouble(value)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static boolean isHeld(LimiterStatus.@Nullable Hold hold, HoldKind kind) {
    return hold != null && hold.kind() == kind;
  }

  private static double remaining(LimitView limit) {
    Long remaining = limit.remaining();
    return remaining == null ? Double.NaN : remaining;
  }

  private static double of(
      List<LimitView> limits, LimitKind limitKind, ToDoubleFunction<LimitView> value) {
    return limits.stream()
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
    Gauge.builder(name, limiter, rateLimiter -> value.applyAsDouble(rateLimiter.status()))
        .description(description)
        .tags(tags)
        .register(registry);
  }
}
