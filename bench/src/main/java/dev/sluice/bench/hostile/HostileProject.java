package dev.sluice.bench.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.Pause;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Misuses the API in many ways, until it is closed. */
final class HostileProject implements AutoCloseable {
  private static final int PARALLEL_BATCHES = 40;
  private static final int MAX_PRIORITY = 100;
  private static final int FAILING_LINES = 25;
  private static final int LARGE_BATCH_LINES = 20_000;
  private static final int HUGE_LINES = 8;
  private static final int HUGE_PROMPT = 2 * 1024 * 1024;
  private static final int SLOW_UPLOADS = 8;
  private static final int SLOW_CALLS = 4;
  private static final List<String> FAULTS =
      List.of("401", "500", "400", "insufficient-quota", "503", "half-body");

  private final ProjectClient client;
  private final AtomicInteger numbers;
  private final Set<String> batches = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger created = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger replays = new AtomicInteger();

  /**
   * @param numbers makes the prompts of all its instances different
   */
  HostileProject(ProjectClient client, AtomicInteger numbers) {
    this.client = client;
    this.numbers = numbers;
    start("failing-batches", new FailingBatches()::fill);
    start("cancelled-batches", this::cancelLargeBatch);
    start("huge-bodies", this::submitHugeBodies);
    start("wrong-models", this::submitWrongModels);
    start("replays", this::replayDeadLetters);
    for (int upload = 0; upload < SLOW_UPLOADS; upload++) {
      start("slow-upload-" + upload, this::uploadSlowly);
    }
    for (int call = 0; call < SLOW_CALLS; call++) {
      start("slow-call-" + call, this::callSlowly);
    }
  }

  /** A summary of its requests so far. */
  String summary() {
    return "%d batches, %d of them large and cancelled, %d replay jobs"
        .formatted(created.get(), cancelled.get(), replays.get());
  }

  private void start(String name, Runnable step) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    while (!Thread.currentThread().isInterrupted()) {
                      step.run();
                    }
                  } catch (IllegalStateException stopped) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** Keeps 40 batches of the highest priority, whose lines all fail. */
  private final class FailingBatches {
    private final List<String> open = new ArrayList<>();

    void fill() {
      open.removeIf(id -> BatchClient.isFinished(client.batch(id)));
      int number = numbers.incrementAndGet();
      String file =
          client.upload(
              BatchLines.of(
                  FAILING_LINES,
                  BatchLines.MODEL,
                  line ->
                      "hostile %d [[sluice:%s]]"
                          .formatted(number, FAULTS.get(line % FAULTS.size()))));
      while (open.size() < PARALLEL_BATCHES) {
        String batch = create(file);
        if (batch.isEmpty()) {
          break;
        }
        open.add(batch);
      }
      Pause.of(Duration.ofSeconds(2));
    }
  }

  private String create(String file) {
    String batch = client.createBatch(file, MAX_PRIORITY);
    if (!batch.isEmpty()) {
      batches.add(batch);
      created.incrementAndGet();
    }
    return batch;
  }

  private void cancelLargeBatch() {
    int number = numbers.incrementAndGet();
    String file =
        client.upload(
            BatchLines.of(
                LARGE_BATCH_LINES,
                BatchLines.MODEL,
                line -> "large %d, %d".formatted(number, line)));
    String batch = create(file);
    Pause.of(Duration.ofSeconds(10));
    if (!batch.isEmpty()) {
      cancel(batch);
      cancelled.incrementAndGet();
    }
  }

  private void cancel(String batch) {
    client.post("/v1/batches/" + batch + "/cancel", "");
  }

  private void submitHugeBodies() {
    String prompt = "x".repeat(HUGE_PROMPT);
    int number = numbers.incrementAndGet();
    create(
        client.upload(
            BatchLines.of(
                HUGE_LINES,
                BatchLines.MODEL,
                line -> "huge %d, %d %s".formatted(number, line, prompt))));
    Pause.of(Duration.ofSeconds(15));
  }

  private void submitWrongModels() {
    create(client.upload(BatchLines.of(1000, "no-such-model", line -> "wrong model")));
    Pause.of(Duration.ofSeconds(5));
  }

  private void replayDeadLetters() {
    Pause.of(Duration.ofSeconds(5));
    client.post(
        "/api/dead-letters/jobs",
        "{\"action\":\"replay\",\"reason\":\"benchmark\",\"operator\":\"bench\",\"filter\":{}}");
    replays.incrementAndGet();
  }

  /** Announces 50 MB, and sends some bytes per second. */
  private void uploadSlowly() {
    try (Socket socket = new Socket(client.url().getHost(), client.url().getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /v1/files HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 50000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
              .formatted(client.key())
              .getBytes(US_ASCII));
      while (true) {
        out.write("{\"custom_id\":".getBytes(US_ASCII));
        out.flush();
        Pause.of(Duration.ofSeconds(1));
      }
    } catch (IOException closedByServer) {
      Pause.of(Duration.ofSeconds(1));
    }
  }

  private void callSlowly() {
    client.post(
        "/v1/chat/completions",
        "{\"model\":\"%s\",\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"call %d [[sluice:slow=10s]]\"}]}"
            .formatted(BatchLines.MODEL, numbers.incrementAndGet()));
  }

  /** Stops, and cancels its batches. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    batches.stream()
        .filter(batch -> !BatchClient.isFinished(client.batch(batch)))
        .forEach(this::cancel);
  }
}
