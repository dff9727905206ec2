package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.route.ProviderConnection;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.TestRoutes;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class ApiKeyWatcherTest {
  @TempDir private Path folder = Path.of("");
  private Path file;
  private RateLimiter limiter;
  private ApiKeyWatcher watch;

  @BeforeEach
  void watch() throws IOException {
    file = Files.writeString(folder.resolve("key"), "sk-old");
    RouteSettings route =
        TestRoutes.route("mini", Map.of("provider.api-key-file", file.toString()));
    limiter = RateLimiter.of(route, Buckets.local(), PeerWorkers.NONE, new SplittableRandom(1));
    ProviderConnection link =
        ProviderConnection.to(route.provider(), new DefaultSslBundleRegistry());
    watch = new ApiKeyWatcher(route.name(), link, limiter);
  }

  @Test
  void anotherKeyEndsTheRestOfARefusedOne() throws IOException {
    rests(HoldKind.API_KEY);
    watch.look();
    assertThat(limiter.status().hold()).isNotNull();

    Files.writeString(file, "sk-new");
    watch.look();

    assertThat(limiter.status().hold()).isNull();
  }

  @Test
  void anotherKeyEndsNoOutage() throws IOException {
    rests(HoldKind.BREAKER);

    Files.writeString(file, "sk-new");
    watch.look();

    assertThat(limiter.status().hold()).isNotNull();
  }

  private void rests(HoldKind kind) {
    limiter.onPeerHold(kind, "told by another worker", Duration.ofMinutes(5), Map.of());
  }
}
