package dev.sluice.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.common.route.Provider;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.live.LiveCaller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's first calls, made to a stand-in on its own machine before it takes a task.
 *
 * <p>What a JVM does for the first time takes it a hundred times as long: a worker's first calls
 * would reach the provider late, and then several at once, which one that counts by the second
 * refuses. So the way from the guard to the settlement is walked some hundred times first.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
  private static final int AT_ONCE = 4;
  private static final int CALLS_OF_EACH = 30;
  private static final int CALLS_UP_TO_A_REFUSAL = 30;
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final String ENDPOINT = "/v1/chat/completions";

  private static final String REQUEST =
      """
      {"model":"rehearsal","max_tokens":16,"messages":[{"role":"user","content":"%s"}]}"""
          .formatted("Is this heard? ".repeat(40));

  private static final String REPLY =
      """
      {"id":"rehearsal","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop",\
      "message":{"role":"assistant","content":"It is."}}],\
      "usage":{"prompt_tokens":120,"completion_tokens":3,"total_tokens":123}}""";

  private static final String REFUSAL =
      """
      {"error":{"message":"Rate limit reached.","type":"requests","param":null,\
      "code":"rate_limit_exceeded"}}""";

  private final AtomicInteger answers = new AtomicInteger();
  private final RouteSettings route;
  private final Function<RouteSettings, TaskRunner> runners;
  private final Clock clock;

  /**
   * @param route whose way it is
   * @param runners makes a runner of a route that has no part in the real one's limits and metrics
   */
  WarmUp(RouteSettings route, Function<RouteSettings, TaskRunner> runners, Clock clock) {
    this.route = route;
    this.runners = runners;
    this.clock = clock;
  }

  /** Takes about half a second, and two at most. Nothing depends on its success. */
  void run() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer standIn =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      standIn.setExecutor(threads);
      standIn.createContext("/", this::answer);
      standIn.start();
      try {
        TaskRunner runner = runners.apply(towards(standIn.getAddress()));
        long end = System.nanoTime() + LONGEST.toNanos();
        threads.invokeAll(
            Collections.nCopies(AT_ONCE, part(runner, end)),
            LONGEST.toMillis(),
            TimeUnit.MILLISECONDS);
      } finally {
        standIn.stop(0);
        threads.shutdownNow();
      }
    } catch (IOException noSocket) {
      log.info("The first calls may be slow: {}", noSocket.toString());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Callable<Integer> part(TaskRunner runner, long end) {
    return () -> {
      int calls = 0;
      while (calls < CALLS_OF_EACH && System.nanoTime() - end < 0) {
        runner.run(task(), LiveCaller.NOBODY, /* again= */ false);
        calls++;
      }
      return calls;
    };
  }

  private TaskMessage task() {
    TaskIds ids =
        new TaskIds(
            "rehearsal", /* batchId= */ null, ENDPOINT, route.name(), Lane.BATCH, "1", null);
    return TaskMessage.first(ids, clock.instant(), /* deadline= */ null, Payload.of(REQUEST));
  }

  private RouteSettings towards(InetSocketAddress standIn) {
    URI url = URI.create("http://127.0.0.1:" + standIn.getPort() + "/v1");
    Provider provider =
        Provider.keyless(url, route.provider().dialect(), Duration.ofSeconds(1), LONGEST);
    return new RouteSettings(
        route.name(),
        route.models(),
        route.mixedModels(),
        provider,
        route.concurrency(),
        route.liveConcurrency(),
        route.fleetConcurrency(),
        new RouteSettings.Limits(0, 0, 0, 0, /* learn= */ false),
        route.answers(),
        route.context(),
        route.breaker(),
        route.maxAttempts(),
        route.backoff(),
        route.window(),
        route.prices());
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean refuses = answers.incrementAndGet() % CALLS_UP_TO_A_REFUSAL == 0;
    if (refuses) {
      exchange.getResponseHeaders().add("retry-after-ms", "1");
    }
    exchange.getResponseHeaders().add("x-ratelimit-limit-requests", "1000000");
    exchange.getResponseHeaders().add("x-ratelimit-remaining-requests", "999999");
    exchange.getResponseHeaders().add("x-ratelimit-reset-requests", "1ms");
    byte[] reply = (refuses ? REFUSAL : REPLY).getBytes(UTF_8);
    exchange.sendResponseHeaders(refuses ? 429 : 200, reply.length);
    exchange.getResponseBody().write(reply);
    exchange.close();
  }
}
