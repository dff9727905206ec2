package dev.sluice.worker.consume;

import dev.sluice.common.process.FatalErrors;
import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.RateLimiter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls a route's API key and releases the route's API key and quota holds when the key changes.
 */
final class ApiKeyWatcher {
  private static final Logger log = LoggerFactory.getLogger(ApiKeyWatcher.class);
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  private final String route;
  private final String member;
  private final ProviderConnection provider;
  private final RateLimiter limiter;
  private String lastKey;

  ApiKeyWatcher(String route, ProviderConnection provider, RateLimiter limiter) {
    this(route, "", provider, limiter);
  }

  /**
   * @param member name of the route's member; empty for the only one
   */
  ApiKeyWatcher(String route, String member, ProviderConnection provider, RateLimiter limiter) {
    this.route = route;
    this.member = member;
    this.provider = provider;
    this.limiter = limiter;
    this.lastKey = provider.key();
  }

  /** Polls every 2 s until the process ends, if the key is read from a file that can change. */
  void start() {
    if (provider.hasRotatingKey()) {
      Thread.ofVirtual().name("api-key-watcher-" + route).start(this::pollLoop);
    }
  }

  void poll() {
    String key = provider.key();
    if (!key.equals(lastKey)) {
      lastKey = key;
      String name = member.isEmpty() ? route : route + "/" + member;
      log.info("The API key of route {} changed; releasing API key and quota holds", name);
      limiter.release(member, HoldKind.API_KEY);
      limiter.release(member, HoldKind.QUOTA);
    }
  }

  private void pollOnce() {
    try {
      poll();
    } catch (RuntimeException | Error bug) { // a dead thread would keep the old key's holds
      FatalErrors.endProcessIfFatal(bug);
      log.error("Cannot check the API key of route {}; the next poll retries", route, bug);
    }
  }

  private void pollLoop() {
    try {
      while (true) {
        Thread.sleep(POLL_INTERVAL);
        pollOnce();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
