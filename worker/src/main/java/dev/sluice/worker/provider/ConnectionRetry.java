package dev.sluice.worker.provider;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.retry.support.RetryTemplate;

/**
 * Tries again, in place, what failed before anything was sent: a connection that was never
 * established. All else goes through the broker. The only class that knows spring-retry.
 */
final class ConnectionRetry {
  private final RetryTemplate template =
      RetryTemplate.builder()
          .maxAttempts(3)
          .exponentialBackoff(Duration.ofMillis(200), 2, Duration.ofSeconds(2), true)
          .retryOn(ConnectionRetry::neverConnected)
          .build();

  <T> T run(Supplier<T> call) {
    return template.<T, RuntimeException>execute(attempt -> call.get());
  }

  /** Whether the failure says that no connection was established. */
  static boolean neverConnected(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof HttpConnectTimeoutException
          || t instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}
