package dev.sluice.bench.latency;

import dev.sluice.bench.harness.Quantiles;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/live}. */
@Command(
    description = {
      "Measures the latency that an idle Sluice adds to a live call.",
      "Direct calls and calls through Sluice alternate, one at a time, on the same machine.",
      "Then many concurrent callers make calls: calls per second, and the CPU time of a call."
    })
public final class Overhead extends Scenario {
  private static final int WARM_UP = 200;
  private static final double MILLION = 1e6;

  @Option(names = "--calls", description = "Number of calls on each path.")
  private int calls = 1000;

  @Option(names = "--latency", paramLabel = "SPEC", description = "Latency of the provider.")
  private String latency = "fixed:50ms";

  @Option(names = "--callers", description = "Concurrent callers of a second measurement; 0: none.")
  private int callers = 32;

  @Option(names = "--load", description = "Number of calls of these callers together.")
  private int load = 5000;

  /** Latencies of a call, in milliseconds. */
  private record CallTime(double firstByte, double lastByte) {}

  /** Destination of calls. */
  private record CallPath(String name, URI url, String key) {}

  @Override
  protected boolean run(Path folder, CloseableStack open) throws IOException, InterruptedException {
    RunningSluice sluice = open.add(RunningSluice.start(folder, "--latency", latency));
    CallPath direct = new CallPath("direct", url(sluice, "SLUICE_PROVIDER_URL"), "sk-direct");
    CallPath through =
        new CallPath(
            "through Sluice",
            url(sluice, "OPENAI_BASE_URL"),
            Objects.requireNonNull(sluice.environment().get("OPENAI_API_KEY")));
    System.out.printf(
        """
        %d calls on each path, alternating, one at a time; provider latency %s; milliseconds

        | reply | path | first byte p50 | p99 | last byte p50 | p99 |
        |---|---|---|---|---|---|
        """,
        calls, latency);
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      measure(http, direct, through, /* stream= */ false);
      measure(http, direct, through, /* stream= */ true);
      if (callers > 0) {
        new LiveLoad(callers, () -> request(through, /* stream= */ false, /* number= */ 1))
            .measure(sluice, http, load);
      }
    }
    return true;
  }

  private static URI url(RunningSluice sluice, String name) {
    return URI.create(Objects.requireNonNull(sluice.environment().get(name), name));
  }

  private void measure(HttpClient http, CallPath direct, CallPath through, boolean stream)
      throws IOException, InterruptedException {
    List<CallTime> directly = new ArrayList<>();
    List<CallTime> throughSluice = new ArrayList<>();
    for (int i = -WARM_UP; i < calls; i++) {
      CallTime one = timed(http, direct, stream, i);
      CallTime other = timed(http, through, stream, i);
      if (i >= 0) {
        directly.add(one);
        throughSluice.add(other);
      }
    }
    String reply = stream ? "streamed" : "whole";
    print(reply, direct, directly);
    print(reply, through, throughSluice);
  }

  private static CallTime timed(HttpClient http, CallPath callPath, boolean stream, int number)
      throws IOException, InterruptedException {
    HttpRequest request = request(callPath, stream, number);
    long start = System.nanoTime();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      int first = body.read();
      double firstByte = (System.nanoTime() - start) / MILLION;
      body.readAllBytes();
      if (response.statusCode() != 200 || first < 0) {
        throw new IllegalStateException(
            "%s returned status %d".formatted(callPath.name(), response.statusCode()));
      }
      return new CallTime(firstByte, (System.nanoTime() - start) / MILLION);
    }
  }

  private static HttpRequest request(CallPath callPath, boolean stream, int number) {
    return HttpRequest.newBuilder(URI.create(callPath.url() + "/chat/completions"))
        .header("Authorization", "Bearer " + callPath.key())
        .header("Content-Type", "application/json")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                """
                    {"model":"gpt-4o-mini","stream":%s,"messages":[{"role":"user",
                     "content":"Rain fell on the town for the whole of day %d."}]}"""
                    .formatted(stream, number)))
        .build();
  }

  private static void print(String reply, CallPath callPath, List<CallTime> all) {
    List<Double> firstByte = all.stream().map(CallTime::firstByte).sorted().toList();
    List<Double> lastByte = all.stream().map(CallTime::lastByte).sorted().toList();
    System.out.printf(
        "| %s | %s | %.1f | %.1f | %.1f | %.1f |%n",
        reply,
        callPath.name(),
        Quantiles.of(firstByte, 0.5),
        Quantiles.of(firstByte, 0.99),
        Quantiles.of(lastByte, 0.5),
        Quantiles.of(lastByte, 0.99));
  }
}
