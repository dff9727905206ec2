package dev.sluice.worker.consume;

import dev.sluice.common.route.ProviderConnection;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.RateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether another key was put in the place of a route's: a route that rests because its key
 * was refused, or its account is empty, goes on at once then.
 */
final class ApiKeyWatcher {
  private static final Logger log = LoggerFactory.getLogger(ApiKeyWatcher.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final String route;
  private final ProviderConnection provider;
  private final RateLimiter limiter;
  private Optional<String> known;

  ApiKeyWatcher(String route, ProviderConnection provider, RateLimiter limiter) {
    this.route = route;
    this.provider = provider;
    this.limiter = limiter;
    this.known = provider.authorization();
  }

  /** Looks now and then for as long as the process runs, where the key can change at all. */
  void start() {
    if (provider.hasRotatingKey()) {
      Thread.ofVirtual().name("key-watch-" + route).start(this::lookNowAndThen);
    }
  }

  void look() {
    Optional<String> now = provider.authorization();
    if (!now.equals(known)) {
      known = now;
      log.info("Route {} has another key", route);
      limiter.onPeerHold(HoldKind.API_KEY, "another key", Duration.ZERO, Map.of());
      limiter.onPeerHold(HoldKind.QUOTA, "another key", Duration.ZERO, Map.of());
    }
  }

  private void lookNowAndThen() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        look();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
