package dev.sluice.bench.goodput;

import dev.sluice.bench.prompt.BenchmarkTasks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Sends small calls at a constant rate and ignores their results. */
final class OtherClient implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger sent = new AtomicInteger();
  private final String name;
  private final URI provider;
  private final String key;

  private OtherClient(String name, URI provider, String key) {
    this.name = name;
    this.provider = provider;
    this.key = key;
  }

  static OtherClient start(URI provider, String key, double perMinute) {
    OtherClient other = new OtherClient("other", provider, key);
    Duration period = Duration.ofNanos(Math.round(60e9 / perMinute));
    var unused =
        other.clock.scheduleAtFixedRate(other::send, 0, period.toNanos(), TimeUnit.NANOSECONDS);
    return other;
  }

  /** Warms up the provider with a key that is not counted. */
  static void warmUp(URI provider, int calls) {
    try (OtherClient warm = new OtherClient("warm", provider, "sk-warm")) {
      CompletableFuture<?>[] answers =
          IntStream.range(0, calls)
              .mapToObj(call -> warm.client.sendAsync(warm.next(), BodyHandlers.discarding()))
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(answers).join();
    }
  }

  private void send() {
    var unused = client.sendAsync(next(), BodyHandlers.discarding());
  }

  private HttpRequest next() {
    String body = BenchmarkTasks.small(name + "-" + sent.incrementAndGet()).body();
    return HttpRequest.newBuilder(URI.create(provider + "/chat/completions"))
        .header("Authorization", "Bearer " + key)
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    client.close();
  }
}
