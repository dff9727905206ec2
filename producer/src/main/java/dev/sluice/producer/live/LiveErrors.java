package dev.sluice.producer.live;

import dev.sluice.common.wire.Failure;
import dev.sluice.producer.route.report.RouteForecast.HeldRoute;
import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import org.springframework.http.HttpStatus;

/** The errors that callers get in place of a reply from the provider. */
final class LiveErrors {
  private static final Duration BROKER_RETRY_AFTER = Duration.ofSeconds(10);
  private static final Duration SHUTDOWN_RETRY_AFTER = Duration.ofSeconds(1);

  private LiveErrors() {}

  static ApiException routeHeld(String route, HeldRoute hold) {
    String message =
        "Route %s is held: %s. The next probe is at %s."
            .formatted(route, hold.reason(), hold.until());
    return hold.kind().equals("quota")
        ? ApiException.quotaExceeded(message)
        : ApiException.serverError(HttpStatus.SERVICE_UNAVAILABLE, message, "route_held");
  }

  static ApiException of(Failure failure) {
    return switch (failure.code()) {
      case "context_length_exceeded" ->
          ApiException.badRequest(failure.detail(), "messages", failure.code());
      case "deadline_exceeded" ->
          ApiException.serverError(HttpStatus.GATEWAY_TIMEOUT, failure.detail(), "timeout");
      default -> ApiException.serverError(HttpStatus.BAD_GATEWAY, failure.detail(), failure.code());
    };
  }

  static ApiException brokerUnavailable() {
    return ApiException.unavailable(
        "The message broker is unavailable, so no worker can be reached. Retry after the time in Retry-After.",
        "broker_unavailable",
        BROKER_RETRY_AFTER);
  }

  static ApiException shuttingDown() {
    return ApiException.unavailable(
        "This producer is shutting down. Retry; another instance will serve the request.",
        "shutting_down",
        SHUTDOWN_RETRY_AFTER);
  }

  static ApiException timeout(Duration waited) {
    return ApiException.serverError(
        HttpStatus.GATEWAY_TIMEOUT,
        "No reply within %d s. To wait longer, set the header X-Sluice-Timeout."
            .formatted(waited.toSeconds()),
        "timeout");
  }

  static ApiException streamBroken(String reason) {
    return ApiException.serverError(
        HttpStatus.BAD_GATEWAY,
        "The reply was interrupted: %s.".formatted(reason),
        "stream_broken");
  }
}
