package dev.sluice.worker.provider;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.retry.support.RetryTemplate;

/**
 * Makes up to three attempts to establish a connection, before anything is sent. All other retries
 * go through the broker's delay queues. The only class that uses spring-retry.
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

  /** Whether the failure means that no connection was established. */
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
