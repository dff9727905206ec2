package dev.sluice.system.analysis;

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
 * A call as the provider logged it.
 *
 * @param at when it came
 * @param latency from then to its answer
 * @param key the last four characters of its key
 * @param status 0 where no answer was sent
 * @param chargedTokens what it cost; 0 where it was not let in
 * @param toldWait how long it was told to wait; zero where nothing was told
 * @param body the hash of its body
 */
public record ProviderCall(
    Instant at,
    Duration latency,
    String key,
    int status,
    long chargedTokens,
    Duration toldWait,
    String body) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The calls of a log, in the order in which they came. */
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
        Duration.ofMillis(line.path("told_wait_ms").asLong(0)),
        line.path("request_sha256").asString());
  }

  boolean admitted() {
    return status == 200;
  }

  boolean refused() {
    return status == 429;
  }

  /** Whether it had been told to wait by then, and the wait was not over. */
  boolean toldBefore(Instant then) {
    return then.isAfter(answeredAt()) && then.isBefore(at.plus(toldWait));
  }

  Instant answeredAt() {
    return at.plus(latency);
  }
}
