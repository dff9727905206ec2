package dev.sluice.simulator.ledger;

import dev.sluice.simulator.duration.DurationText;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes one JSON line per call, before the response is sent. */
final class CallLog implements Closeable {
  private final JsonMapper json = JsonMapper.shared();
  private final ReentrantLock lock = new ReentrantLock();
  private final BufferedWriter writer;
  private boolean closed;

  private CallLog(BufferedWriter writer) {
    this.writer = writer;
  }

  /** A log that appends to the file; null disables it. */
  static CallLog to(@Nullable Path file) throws IOException {
    if (file == null) {
      return new CallLog(new BufferedWriter(BufferedWriter.nullWriter()));
    }
    return new CallLog(
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  void write(Call call) {
    String line = line(call);
    lock.lock();
    try {
      if (!closed) {
        writer.write(line);
        writer.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private String line(Call call) {
    ObjectNode line = json.createObjectNode();
    line.put("at", call.at().toString());
    line.put("path", call.path());
    line.put("model", call.model());
    line.put("key", call.key());
    line.put("status", call.status());
    line.put("prompt_tokens", call.promptTokens());
    line.put("completion_tokens", call.completionTokens());
    line.put("charged_tokens", call.chargedTokens());
    Duration retryAfter = call.retryAfter();
    line.put(
        "retry_after_ms", retryAfter == null ? null : DurationText.millisRoundedUp(retryAfter));
    line.put("latency_ms", call.latency().toMillis());
    line.put("fault", call.fault());
    line.put("request_sha256", call.requestSha256());
    return json.writeValueAsString(line) + "\n";
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      writer.close();
    } finally {
      lock.unlock();
    }
  }
}
