package dev.sluice.producer.override;

import dev.sluice.common.route.Routes;
import dev.sluice.producer.error.ApiException;
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

/** Holds, releases and limits routes by hand; the filter lets nobody in but the administrator. */
@RestController
class RouteOverrideController {
  /** Rests that a person can end; a told wait is kept in any case. */
  private static final List<String> KINDS = List.of("quota", "key", "model_gone", "breaker");

  private static final int LONGEST_REASON = 200;
  private static final long LONGEST_MINUTES = Duration.ofDays(30).toMinutes();
  private static final long MOST_PER_MINUTE = 1_000_000_000_000L;

  private final RouteOverrides controls;
  private final RouteOverridePublisher voice;
  private final Routes routes;
  private final Clock clock;

  RouteOverrideController(
      RouteOverrides controls, RouteOverridePublisher voice, Routes routes, Clock clock) {
    this.controls = controls;
    this.voice = voice;
    this.routes = routes;
    this.clock = clock;
  }

  /**
   * @param minutes null for until somebody releases it
   */
  record HoldRequest(@Nullable String reason, @Nullable Long minutes) {}

  @PostMapping("/api/routes/{name}/hold")
  OverrideView hold(@PathVariable String name, @RequestBody HoldRequest request) {
    check(name);
    String reason = request.reason() == null ? "" : request.reason().strip();
    if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
      throw ApiException.badRequest(
          "A reason is one line of at most %d characters.".formatted(LONGEST_REASON),
          "reason",
          "invalid_value");
    }
    controls.hold(name, reason.isEmpty() ? "held by hand" : reason, until(request.minutes()));
    return OverrideView.of(controls.of(name));
  }

  @PostMapping("/api/routes/{name}/release")
  OverrideView release(@PathVariable String name) {
    check(name);
    controls.release(name);
    KINDS.forEach(kind -> voice.publishRelease(name, kind));
    return OverrideView.of(controls.of(name));
  }

  /** Limits that the request does not name are as in the settings again. */
  @PutMapping("/api/routes/{name}/limits")
  OverrideView limit(
      @PathVariable String name, @RequestBody Map<String, @Nullable Long> perMinute) {
    check(name);
    Map<String, Long> limits = new LinkedHashMap<>();
    perMinute.forEach(
        (key, value) -> {
          String what = key.replaceFirst("_per_minute$", "");
          if (!key.endsWith("_per_minute") || !RouteOverrides.LIMITS.contains(what)) {
            throw ApiException.badRequest(
                "Unknown parameter: '%s'. The limits of a route are %s."
                    .formatted(key, String.join(", ", names())),
                key,
                "unknown_parameter");
          }
          if (value != null) {
            limits.put(what, checked(key, value));
          }
        });
    controls.limit(name, limits);
    return OverrideView.of(controls.of(name));
  }

  private static List<String> names() {
    return RouteOverrides.LIMITS.stream().map(what -> what + "_per_minute").toList();
  }

  private static long checked(String key, long perMinute) {
    if (perMinute < 1 || perMinute > MOST_PER_MINUTE) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %d. A limit is a whole number from 1 to %d, or null for that of the settings; to stop a route, hold it."
              .formatted(key, perMinute, MOST_PER_MINUTE),
          key,
          "invalid_value");
    }
    return perMinute;
  }

  private @Nullable Instant until(@Nullable Long minutes) {
    if (minutes == null) {
      return null;
    }
    if (minutes < 1 || minutes > LONGEST_MINUTES) {
      throw ApiException.badRequest(
          "Invalid value for 'minutes': %d. A hold lasts 1 to %d minutes, or, with null, until somebody releases it."
              .formatted(minutes, LONGEST_MINUTES),
          "minutes",
          "invalid_value");
    }
    return clock.instant().plus(Duration.ofMinutes(minutes));
  }

  private void check(String name) {
    if (!routes.names().contains(name)) {
      throw ApiException.notFound(
          "There is no route '%s'; there are %s."
              .formatted(name, String.join(", ", routes.names())),
          "name");
    }
  }

  /** What is wanted of a route now. */
  record OverrideView(String route, @Nullable HoldView hold, Map<String, Long> limits) {
    record HoldView(String reason, Instant since, @Nullable Instant until) {}

    static OverrideView of(OperatorOverride control) {
      OperatorOverride.Hold hold = control.hold();
      return new OverrideView(
          control.route(),
          hold == null ? null : new HoldView(hold.reason(), hold.since(), hold.until()),
          control.limits());
    }
  }
}
