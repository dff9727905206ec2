package dev.sluice.bench.hostile;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Submits a batch at a fixed interval, whether or not the earlier ones have finished. */
final class OrdinaryProject implements AutoCloseable {
  private static final int PRIORITY = 10;
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  private final ProjectClient client;
  private final int lines;
  private final Duration interval;
  private final Map<String, Submitted> running = new HashMap<>();
  private final List<Finished> finished = new ArrayList<>();
  private final Thread submitter;
  private final Thread poller;
  private int batches;

  /**
   * @param lines lines per batch
   * @param interval time between two batches
   */
  OrdinaryProject(ProjectClient client, int lines, Duration interval) {
    this.client = client;
    this.lines = lines;
    this.interval = interval;
    this.submitter = Thread.ofVirtual().name("ordinary-submit").start(() -> repeat(this::submit));
    this.poller = Thread.ofVirtual().name("ordinary-poll").start(() -> repeat(this::poll));
  }

  private record Submitted(long nanoTime) {}

  /**
   * A finished batch.
   *
   * @param completed number of its tasks that succeeded
   */
  record Finished(long submittedNanos, long finishedNanos, int completed) {
    Duration latency() {
      return Duration.ofNanos(finishedNanos - submittedNanos);
    }
  }

  /** The batches that finished in the time. */
  synchronized List<Finished> finished(long fromNanos, long toNanos) {
    return finished.stream()
        .filter(batch -> batch.finishedNanos() - fromNanos >= 0)
        .filter(batch -> batch.finishedNanos() - toNanos < 0)
        .toList();
  }

  private static void repeat(Runnable step) {
    try {
      while (true) {
        step.run();
      }
    } catch (IllegalStateException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void submit() {
    long start = System.nanoTime();
    int number = ++batches;
    String file =
        client.upload(
            BatchLines.of(
                lines, BatchLines.MODEL, line -> "ordinary %d, %d".formatted(number, line)));
    String batch = client.createBatch(file, PRIORITY);
    if (!batch.isEmpty()) {
      synchronized (this) {
        running.put(batch, new Submitted(start));
      }
    }
    Pause.of(interval.minusNanos(System.nanoTime() - start));
  }

  private void poll() {
    List<String> ids;
    synchronized (this) {
      ids = List.copyOf(running.keySet());
    }
    for (String id : ids) {
      JsonNode batch = client.batch(id);
      if (BatchClient.isFinished(batch)) {
        finish(id, batch.at("/request_counts/completed").asInt());
      }
    }
    Pause.of(POLL_INTERVAL);
  }

  private synchronized void finish(String id, int completed) {
    Submitted submitted = running.remove(id);
    if (submitted != null) {
      finished.add(new Finished(submitted.nanoTime(), System.nanoTime(), completed));
    }
  }

  @Override
  public void close() {
    submitter.interrupt();
    poller.interrupt();
  }
}
