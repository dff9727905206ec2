package dev.sluice.client.task;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import java.time.Duration;

/**
 * A request to a model.
 *
 * @param route the route that carries it
 * @param endpoint the provider's path, such as {@code /v1/chat/completions}
 * @param lane {@link Lane#BATCH}, or {@link Lane#LIVE} to go before all batches
 * @param body the provider's own JSON, without {@code stream}
 * @param timeout how long its sender wants the answer at all
 */
public record LlmRequest(String route, String endpoint, Lane lane, String body, Duration timeout) {
  private static final Duration USUAL = Duration.ofHours(24);

  /**
   * @throws IllegalArgumentException where the body is no JSON object, or asks for a stream
   */
  public LlmRequest {
    boolean stream =
        RequestSummary.read(Payload.of(body))
            .orElseThrow(() -> new IllegalArgumentException("the body is no JSON object"))
            .stream();
    if (stream) {
      throw new IllegalArgumentException("'stream' is true: a task is answered as a whole");
    }
  }

  /** A chat completion that may take a day. */
  public static LlmRequest chat(String route, String body) {
    return new LlmRequest(route, "/v1/chat/completions", Lane.BATCH, body, USUAL);
  }

  /** The same, to be answered within this time. */
  public LlmRequest within(Duration time) {
    return new LlmRequest(route, endpoint, lane, body, time);
  }

  /** The same, before all batches. */
  public LlmRequest live() {
    return new LlmRequest(route, endpoint, Lane.LIVE, body, timeout);
  }
}
