package dev.sluice.bench.latency;

import dev.sluice.bench.harness.ProcessTimes;
import dev.sluice.bench.harness.Quantiles;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Live calls of many concurrent callers: each makes its next call when it has the reply.
 *
 * @param callers number of callers
 * @param request creates the next request
 */
record LiveLoad(int callers, Supplier<HttpRequest> request) {
  private static final double MILLION = 1e6;
  private static final double BILLION = 1e9;

  /** Makes the calls and prints the throughput and the CPU time of each process. */
  void measure(RunningSluice sluice, HttpClient http, int calls) throws InterruptedException {
    run(http, calls); // warm up
    ProcessTimes before = ProcessTimes.of(sluice);
    long began = System.nanoTime();
    List<Double> latencies = run(http, calls);
    double seconds = (System.nanoTime() - began) / BILLION;
    System.out.printf(
        """

        %d concurrent callers, %,d calls: %.0f calls/s; latency p50 %.1f ms, p99 %.1f ms; CPU time, ms per call

        | %s |
        %s|
        | %s |
        """,
        callers,
        calls,
        calls / seconds,
        Quantiles.of(latencies, 0.5),
        Quantiles.of(latencies, 0.99),
        before.names(),
        before.line(),
        ProcessTimes.of(sluice).since(before).millisecondsPer(calls));
  }

  private List<Double> run(HttpClient http, int calls) throws InterruptedException {
    AtomicInteger remaining = new AtomicInteger(calls);
    Callable<List<Double>> caller =
        () -> {
          List<Double> latencies = new ArrayList<>();
          while (remaining.getAndDecrement() > 0) {
            latencies.add(call(http));
          }
          return latencies;
        };
    List<Double> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Double>>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        running.add(threads.submit(caller));
      }
      for (Future<List<Double>> latencies : running) {
        all.addAll(latencies.get());
      }
    } catch (ExecutionException failed) {
      throw new IllegalStateException("a live call failed", failed);
    }
    return all.stream().sorted().toList();
  }

  private double call(HttpClient http) throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<byte[]> response =
        http.send(request.get(), HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IllegalStateException("status %d".formatted(response.statusCode()));
    }
    return (System.nanoTime() - start) / MILLION;
  }
}
