package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.HoldAnnouncement;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.bucket.Buckets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class ApiKeyWatcherTest {
  @TempDir private Path directory = Path.of("");
  private Path file;
  private RateLimiter limiter;
  private ApiKeyWatcher watcher;

  @BeforeEach
  void createWatcher() throws IOException {
    file = Files.writeString(directory.resolve("key"), "sk-old");
    RouteSettings route =
        TestRoutes.route("mini", Map.of("provider.api-key-file", file.toString()));
    limiter = RateLimiter.of(route, Buckets.local(), PeerWorkers.NONE, new SplittableRandom(1));
    ProviderConnection connection =
        ProviderConnection.to(route.provider(), new DefaultSslBundleRegistry());
    watcher = new ApiKeyWatcher(route.name(), connection, limiter);
  }

  @Test
  void changedKeyReleasesApiKeyHold() throws IOException {
    hold(HoldKind.API_KEY);
    watcher.poll();
    assertThat(limiter.status().hold()).isNotNull();

    Files.writeString(file, "sk-new");
    watcher.poll();

    assertThat(limiter.status().hold()).isNull();
  }

  @Test
  void changedKeyDoesNotReleaseBreakerHold() throws IOException {
    hold(HoldKind.BREAKER);

    Files.writeString(file, "sk-new");
    watcher.poll();

    assertThat(limiter.status().hold()).isNotNull();
  }

  private void hold(HoldKind kind) {
    limiter.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            kind,
            "announced by another worker",
            Duration.ofMinutes(5),
            Map.of(),
            Set.of(),
            Set.of()));
  }
}
