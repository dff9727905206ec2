package dev.sluice.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.Provider;
import dev.sluice.platform.route.RouteSettings;
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
 * Warms up the JVM before the first task, with calls to an HTTP stub on the loopback interface.
 *
 * <p>The first execution of code (class loading, JIT) takes about 100 times as long. Without a
 * warm-up the first calls would reach the provider late and in a burst, and a provider that counts
 * per second would reject them. So {@link TaskRunner} processes about 100 tasks first.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
  private static final int CALLERS = 4;
  private static final int CALLS_PER_CALLER = 30;
  private static final int CALLS_PER_RATE_LIMIT = 30;
  private static final Duration MAX_DURATION = Duration.ofSeconds(2);
  private static final String ENDPOINT = "/v1/chat/completions";

  private static final String REQUEST =
      """
      {"model":"warm-up","max_tokens":16,"messages":[{"role":"user","content":"%s"}]}"""
          .formatted("Is this a test? ".repeat(40));

  private static final String REPLY =
      """
      {"id":"warm-up","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop",\
      "message":{"role":"assistant","content":"It is."}}],\
      "usage":{"prompt_tokens":120,"completion_tokens":3,"total_tokens":123}}""";

  private static final String RATE_LIMIT_REPLY =
      """
      {"error":{"message":"Rate limit reached.","type":"requests","param":null,\
      "code":"rate_limit_exceeded"}}""";

  private final AtomicInteger replies = new AtomicInteger();
  private final RouteSettings route;
  private final Function<RouteSettings, TaskRunner> runners;
  private final Clock clock;

  /**
   * @param route the route whose settings the warm-up uses, except the provider URL and the limits
   * @param runners creates a runner with its own limiter and metrics
   */
  WarmUp(RouteSettings route, Function<RouteSettings, TaskRunner> runners, Clock clock) {
    this.route = route;
    this.runners = runners;
    this.clock = clock;
  }

  /** Runs for about 0.5 s, at most 2 s. A failure is logged and has no other effect. */
  void run() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer stub =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      stub.setExecutor(threads);
      stub.createContext("/", this::reply);
      stub.start();
      try {
        TaskRunner runner = runners.apply(routeTo(stub.getAddress()));
        long deadline = System.nanoTime() + MAX_DURATION.toNanos();
        threads.invokeAll(
            Collections.nCopies(CALLERS, caller(runner, deadline)),
            MAX_DURATION.toMillis(),
            TimeUnit.MILLISECONDS);
      } finally {
        stub.stop(0);
        threads.shutdownNow();
      }
    } catch (IOException failed) {
      log.info("Skipping the warm-up, so the first calls may be slow: {}", failed.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Callable<Integer> caller(TaskRunner runner, long deadline) {
    return () -> {
      int calls = 0;
      while (calls < CALLS_PER_CALLER && System.nanoTime() - deadline < 0) {
        runner.run(new ReceivedTask(task(), LiveCaller.NONE, /* redelivered= */ false));
        calls++;
      }
      return calls;
    };
  }

  private TaskMessage task() {
    TaskIds ids =
        new TaskIds("warm-up", /* batchId= */ null, ENDPOINT, route.name(), Lane.BATCH, "1", null);
    return TaskMessage.first(ids, clock.instant(), /* deadline= */ null, Payload.of(REQUEST));
  }

  private RouteSettings routeTo(InetSocketAddress stub) {
    URI url = URI.create("http://127.0.0.1:" + stub.getPort() + "/v1");
    Provider provider =
        Provider.keyless(url, route.firstProvider().dialect(), Duration.ofSeconds(1), MAX_DURATION);
    return route.withProvider(provider, new RouteSettings.Limits(0, 0, 0, 0, /* learn= */ false));
  }

  private void reply(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean rateLimited = replies.incrementAndGet() % CALLS_PER_RATE_LIMIT == 0;
    if (rateLimited) {
      exchange.getResponseHeaders().add("retry-after-ms", "1");
    }
    exchange.getResponseHeaders().add("x-ratelimit-limit-requests", "1000000");
    exchange.getResponseHeaders().add("x-ratelimit-remaining-requests", "999999");
    exchange.getResponseHeaders().add("x-ratelimit-reset-requests", "1ms");
    byte[] body = (rateLimited ? RATE_LIMIT_REPLY : REPLY).getBytes(UTF_8);
    exchange.sendResponseHeaders(rateLimited ? 429 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
