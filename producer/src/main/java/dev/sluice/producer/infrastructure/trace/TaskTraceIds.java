package dev.sluice.producer.infrastructure.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Derives the trace id of a batch's task from its task id, so that a republished or replayed task
 * continues the same trace and users can find it. The id is hashed, because samplers expect its
 * last half to be random.
 */
final class TaskTraceIds implements IdGenerator {
  private static final int LENGTH = 32;

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<@Nullable String> nextTaskId = new ThreadLocal<>();

  /** Returns the first half of the SHA-256 of the task id, in hex. */
  static String of(String taskId) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(taskId.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, LENGTH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Runs the supplier; a root span that it creates gets the trace id of the task. */
  <T> T withTraceOf(String taskId, Supplier<T> span) {
    nextTaskId.set(taskId);
    try {
      return span.get();
    } finally {
      nextTaskId.remove();
    }
  }

  @Override
  public String generateTraceId() {
    String taskId = nextTaskId.get();
    return taskId == null ? random.generateTraceId() : of(taskId);
  }

  @Override
  public String generateSpanId() {
    return random.generateSpanId();
  }
}
