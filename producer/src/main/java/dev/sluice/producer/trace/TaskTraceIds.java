package dev.sluice.producer.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a batch's task has its id by the task's own: whoever sends the task again, after a
 * crash or from the desk, goes on with the same trace, and who knows the task finds it. Hashed,
 * because samplers decide by the last half of the id and expect it to be random.
 */
final class TaskTraceIds implements IdGenerator {
  private static final int LENGTH = 32;

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<@Nullable String> next = new ThreadLocal<>();

  /** The first half of the SHA-256 of the task's id. */
  static String of(String taskId) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(taskId.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, LENGTH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Makes a span, whose trace is that of the task where it is the first of one. */
  <T> T first(String taskId, Supplier<T> span) {
    next.set(of(taskId));
    try {
      return span.get();
    } finally {
      next.remove();
    }
  }

  @Override
  public String generateTraceId() {
    String id = next.get();
    return id == null ? random.generateTraceId() : id;
  }

  @Override
  public String generateSpanId() {
    return random.generateSpanId();
  }
}
