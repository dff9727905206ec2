package dev.sluice.producer.live;

import dev.sluice.common.wire.Failure;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.report.RouteForecast.HeldRoute;
import java.time.Duration;
import org.springframework.http.HttpStatus;

/** What a caller is told who gets no answer of the provider's. */
final class LiveErrors {
  private static final Duration BROKER_LOOK = Duration.ofSeconds(10);
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private LiveErrors() {}

  static ApiException of(String route, HeldRoute heldRoute) {
    String message =
        "Route %s is on hold: %s. It is looked at again at %s."
            .formatted(route, heldRoute.reason(), heldRoute.until());
    return heldRoute.kind().equals("quota")
        ? ApiException.quotaExceeded(message)
        : ApiException.serverError(HttpStatus.SERVICE_UNAVAILABLE, message, "route_on_hold");
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

  static ApiException brokerAway() {
    return ApiException.unavailable(
        "The message broker is away, so no worker can be reached.", "broker_away", BROKER_LOOK);
  }

  static ApiException stopping() {
    return ApiException.unavailable(
        "This producer stops. Another one, or this one started again, takes the call.",
        "stopping",
        AT_ONCE);
  }

  static ApiException timeout(Duration waited) {
    return ApiException.serverError(
        HttpStatus.GATEWAY_TIMEOUT,
        "No answer within %d s. X-Sluice-Timeout says how long to wait."
            .formatted(waited.toSeconds()),
        "timeout");
  }

  static ApiException broken(String reason) {
    return ApiException.serverError(
        HttpStatus.BAD_GATEWAY, "The reply was broken off: %s.".formatted(reason), "stream_broken");
  }
}
