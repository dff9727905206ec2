package dev.sluice.client.task;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import java.time.Duration;

/**
 * A request to a model.
 *
 * @param route the name of the route
 * @param endpoint the provider's path, such as {@code /v1/chat/completions}
 * @param lane {@link Lane#BATCH}, or {@link Lane#LIVE} for priority over all batches
 * @param body the provider's JSON, without {@code stream}
 * @param timeout the time after which the sender does not need the response any more; at least 1 ms
 */
public record LlmRequest(String route, String endpoint, Lane lane, String body, Duration timeout) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(24);

  /**
   * @throws IllegalArgumentException if the body is not a JSON object, if {@code stream} is neither
   *     false, null nor absent, or if the timeout is shorter than 1 ms
   */
  public LlmRequest {
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "The timeout (%s) must be at least 1 ms.".formatted(timeout));
    }
    RequestSummary summary =
        RequestSummary.read(Payload.of(body))
            .orElseThrow(() -> new IllegalArgumentException("the body is not a JSON object"));
    if (summary.invalidStream() != null) {
      throw new IllegalArgumentException(
          "'stream' is not a boolean. Remove 'stream' or set it to false.");
    }
    if (summary.stream()) {
      throw new IllegalArgumentException(
          "'stream' is true: tasks over AMQP do not stream. Remove 'stream' or set it to false.");
    }
  }

  /** A chat completion in the batch lane, with a timeout of 24 hours. */
  public static LlmRequest chat(String route, String body) {
    return new LlmRequest(route, "/v1/chat/completions", Lane.BATCH, body, DEFAULT_TIMEOUT);
  }

  /** A copy with another timeout. */
  public LlmRequest withTimeout(Duration newTimeout) {
    return new LlmRequest(route, endpoint, lane, body, newTimeout);
  }

  /** A copy in the live lane, with priority over all batches. */
  public LlmRequest live() {
    return new LlmRequest(route, endpoint, Lane.LIVE, body, timeout);
  }
}
