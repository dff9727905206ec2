package dev.sluice.producer.route.override;

import dev.sluice.api.route.RouteOverrideView;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.web.ApiException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints to hold, release and limit routes; the API key filter admits only the admin. */
@RestController
class RouteOverrideController {
  /** The kinds of the workers' holds. */
  private static final List<String> RELEASABLE_KINDS =
      List.of("rate_limit", "quota", "api_key", "model_not_found", "breaker");

  private static final int MAX_REASON_LENGTH = 200;
  private static final long MAX_MINUTES = Duration.ofDays(30).toMinutes();
  private static final long MAX_PER_MINUTE = 1_000_000_000_000L;

  private final RouteOverrides overrides;
  private final RouteOverridePublisher publisher;
  private final Routes routes;
  private final Clock clock;

  RouteOverrideController(
      RouteOverrides overrides, RouteOverridePublisher publisher, Routes routes, Clock clock) {
    this.overrides = overrides;
    this.publisher = publisher;
    this.routes = routes;
    this.clock = clock;
  }

  @PostMapping("/api/routes/{name}/hold")
  RouteOverrideView hold(
      @PathVariable String name, @RequestBody RouteOverrideView.HoldRequest request) {
    check(name);
    String reason = request.reason() == null ? "" : request.reason().strip();
    if (reason.length() > MAX_REASON_LENGTH || reason.chars().anyMatch(Character::isISOControl)) {
      throw ApiException.badRequest(
          "'reason' must be one line of at most %d characters.".formatted(MAX_REASON_LENGTH),
          "reason",
          "invalid_value");
    }
    overrides.hold(name, reason.isEmpty() ? "no reason given" : reason, until(request.minutes()));
    return view(name);
  }

  @PostMapping("/api/routes/{name}/release")
  RouteOverrideView release(@PathVariable String name) {
    check(name);
    overrides.release(name);
    RELEASABLE_KINDS.forEach(kind -> publisher.publishRelease(name, kind));
    return view(name);
  }

  /** Replaces all limit overrides; limits that the request omits return to the settings. */
  @PutMapping("/api/routes/{name}/limits")
  RouteOverrideView limit(
      @PathVariable String name, @RequestBody Map<String, @Nullable Long> perMinute) {
    check(name);
    Map<String, Long> limits = new LinkedHashMap<>();
    perMinute.forEach(
        (key, value) -> {
          String limit = key.replaceFirst("_per_minute$", "");
          if (!key.endsWith("_per_minute") || !RouteOverrides.LIMITS.contains(limit)) {
            throw ApiException.badRequest(
                "Unknown parameter: '%s'. Valid parameters: %s."
                    .formatted(key, String.join(", ", names())),
                key,
                "unknown_parameter");
          }
          if (value != null) {
            limits.put(limit, checked(key, value));
          }
        });
    overrides.limit(name, limits);
    return view(name);
  }

  private static List<String> names() {
    return RouteOverrides.LIMITS.stream().map(limit -> limit + "_per_minute").toList();
  }

  private static long checked(String key, long perMinute) {
    if (perMinute < 1 || perMinute > MAX_PER_MINUTE) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %d. It must be 1 to %d, or null for the value of the settings. To stop a route, hold it."
              .formatted(key, perMinute, MAX_PER_MINUTE),
          key,
          "invalid_value");
    }
    return perMinute;
  }

  private @Nullable Instant until(@Nullable Long minutes) {
    if (minutes == null) {
      return null;
    }
    if (minutes < 1 || minutes > MAX_MINUTES) {
      throw ApiException.badRequest(
          "Invalid value for 'minutes': %d. It must be 1 to %d, or null to hold the route until it is released."
              .formatted(minutes, MAX_MINUTES),
          "minutes",
          "invalid_value");
    }
    return clock.instant().plus(Duration.ofMinutes(minutes));
  }

  private void check(String name) {
    if (!routes.names().contains(name)) {
      throw ApiException.notFound(
          "Route '%s' does not exist. Routes: %s."
              .formatted(name, String.join(", ", routes.names())),
          "name");
    }
  }

  private RouteOverrideView view(String name) {
    OperatorOverride override = overrides.of(name);
    OperatorOverride.Hold hold = override.hold();
    return new RouteOverrideView(
        override.route(),
        hold == null ? null : new RouteOverrideView.Hold(hold.reason(), hold.since(), hold.until()),
        override.limits());
  }
}
