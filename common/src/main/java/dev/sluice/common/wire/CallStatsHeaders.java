package dev.sluice.common.wire;

import java.time.Duration;
import org.springframework.amqp.core.MessageProperties;

/** Writes and reads {@link CallStats} as message headers. */
public final class CallStatsHeaders {
  private CallStatsHeaders() {}

  public static void write(CallStats stats, MessageProperties properties) {
    properties.setHeader(Headers.ATTEMPTS, stats.attempts());
    properties.setHeader(Headers.THROTTLES, stats.throttles());
    WireProperties.put(properties, Headers.STATUS_CODE, stats.statusCode());
    WireProperties.put(properties, Headers.REQUEST_ID, stats.requestId());
    properties.setHeader(Headers.PROMPT_TOKENS, stats.promptTokens());
    properties.setHeader(Headers.COMPLETION_TOKENS, stats.completionTokens());
    putPositive(properties, Headers.CACHED_TOKENS, stats.usage().cachedTokens());
    putPositive(properties, Headers.CACHE_WRITE_TOKENS, stats.usage().cacheWriteTokens());
    if (!stats.usage().serviceTier().isEmpty()) {
      properties.setHeader(Headers.SERVICE_TIER, stats.usage().serviceTier());
    }
    properties.setHeader(Headers.LATENCY_MS, stats.latency().toMillis());
    properties.setHeader(Headers.WORKER, stats.worker());
    WireProperties.put(properties, stats.history());
  }

  private static void putPositive(MessageProperties properties, String header, long tokens) {
    if (tokens > 0) {
      properties.setHeader(header, tokens);
    }
  }

  /**
   * Reads the headers; a missing number is 0.
   *
   * @throws IllegalArgumentException if a header is not a number; the message names the header
   */
  public static CallStats read(MessageProperties properties) {
    WireProperties in = new WireProperties(properties);
    return new CallStats(
        in.number(Headers.ATTEMPTS).map(Math::toIntExact).orElse(0),
        in.number(Headers.THROTTLES).map(Math::toIntExact).orElse(0),
        in.number(Headers.STATUS_CODE).map(Math::toIntExact).orElse(null),
        in.text(Headers.REQUEST_ID).orElse(null),
        new TokenUsage(
            in.number(Headers.PROMPT_TOKENS).orElse(0L),
            in.number(Headers.COMPLETION_TOKENS).orElse(0L),
            in.number(Headers.CACHED_TOKENS).orElse(0L),
            in.number(Headers.CACHE_WRITE_TOKENS).orElse(0L),
            in.text(Headers.SERVICE_TIER).orElse("")),
        Duration.ofMillis(in.number(Headers.LATENCY_MS).orElse(0L)),
        in.text(Headers.WORKER).orElse("unknown"),
        in.history());
  }
}
