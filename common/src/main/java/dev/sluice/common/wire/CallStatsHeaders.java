package dev.sluice.common.wire;

import java.time.Duration;
import org.springframework.amqp.core.MessageProperties;

/** What is known of a task's calls, as headers. */
public final class CallStatsHeaders {
  private CallStatsHeaders() {}

  public static void write(CallStats facts, MessageProperties properties) {
    properties.setHeader(Headers.ATTEMPTS, facts.attempts());
    properties.setHeader(Headers.THROTTLES, facts.throttles());
    WireProperties.put(properties, Headers.STATUS_CODE, facts.statusCode());
    WireProperties.put(properties, Headers.REQUEST_ID, facts.requestId());
    properties.setHeader(Headers.PROMPT_TOKENS, facts.promptTokens());
    properties.setHeader(Headers.COMPLETION_TOKENS, facts.completionTokens());
    properties.setHeader(Headers.LATENCY_MS, facts.latency().toMillis());
    properties.setHeader(Headers.WORKER, facts.worker());
    WireProperties.put(properties, facts.history());
  }

  /**
   * What is missing is nothing.
   *
   * @throws IllegalArgumentException naming the header that is no number
   */
  public static CallStats read(MessageProperties properties) {
    WireProperties in = new WireProperties(properties);
    return new CallStats(
        in.number(Headers.ATTEMPTS).map(Math::toIntExact).orElse(0),
        in.number(Headers.THROTTLES).map(Math::toIntExact).orElse(0),
        in.number(Headers.STATUS_CODE).map(Math::toIntExact).orElse(null),
        in.text(Headers.REQUEST_ID).orElse(null),
        in.number(Headers.PROMPT_TOKENS).orElse(0L),
        in.number(Headers.COMPLETION_TOKENS).orElse(0L),
        Duration.ofMillis(in.number(Headers.LATENCY_MS).orElse(0L)),
        in.text(Headers.WORKER).orElse("unknown"),
        in.history());
  }
}
