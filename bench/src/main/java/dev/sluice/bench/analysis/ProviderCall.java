package dev.sluice.bench.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A call in the provider's log.
 *
 * @param at time of arrival
 * @param latency time from arrival to reply
 * @param key last four characters of the API key
 * @param status HTTP status; 0 if no reply was sent
 * @param chargedTokens charged tokens; 0 if the call was not admitted
 * @param retryAfter Retry-After delay of the reply; zero if there is none
 * @param body hash of the request body
 */
public record ProviderCall(
    Instant at,
    Duration latency,
    String key,
    int status,
    long chargedTokens,
    Duration retryAfter,
    String body) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Reads the calls of a log, in order of arrival. */
  public static List<ProviderCall> readAll(Path log) {
    try {
      return Files.readAllLines(log).stream()
          .map(line -> of(JSON.readTree(line)))
          .sorted(Comparator.comparing(ProviderCall::at))
          .toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static ProviderCall of(JsonNode line) {
    return new ProviderCall(
        Instant.parse(line.path("at").asString()),
        Duration.ofMillis(line.path("latency_ms").asLong()),
        line.path("key").asString(),
        line.path("status").asInt(0),
        line.path("charged_tokens").asLong(),
        Duration.ofMillis(line.path("retry_after_ms").asLong(0)),
        line.path("request_sha256").asString());
  }

  boolean admitted() {
    return status == 200;
  }

  boolean rejected() {
    return status == 429;
  }

  /** Whether the time is after this reply and within its Retry-After delay. */
  boolean isDuringRetryAfter(Instant then) {
    return then.isAfter(answeredAt()) && then.isBefore(at.plus(retryAfter));
  }

  Instant answeredAt() {
    return at.plus(latency);
  }
}
