package dev.sluice.common.wire;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last calls of a task's run, oldest first. It is a header of the task's messages and of its
 * outcome.
 *
 * @param attempts at most {@link #MAX_ATTEMPTS}; the oldest are dropped
 */
public record AttemptHistory(List<Attempt> attempts) {

  /** Maximum length of a history: all headers together must fit into one AMQP frame. */
  public static final int MAX_ATTEMPTS = 20;

  /** Maximum length of the header, in characters; Sluice writes at most half of it. */
  private static final int MAX_JSON_LENGTH = 16 * 1024;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The history of a run without a call. */
  public static final AttemptHistory NONE = new AttemptHistory(List.of());

  public AttemptHistory {
    attempts = attempts.stream().skip(Math.max(0, attempts.size() - MAX_ATTEMPTS)).toList();
  }

  /** Appends a call; drops the oldest call if the history is full. */
  public AttemptHistory plus(Attempt attempt) {
    return new AttemptHistory(Stream.concat(attempts.stream(), Stream.of(attempt)).toList());
  }

  /** The value of the header: a JSON array. */
  public String json() {
    return MAPPER.writeValueAsString(attempts);
  }

  /** Parses the header. Malformed JSON gives {@link #NONE}: the history is informational only. */
  public static AttemptHistory read(@Nullable String json) {
    if (json == null || json.length() > MAX_JSON_LENGTH) {
      return NONE;
    }
    try {
      Attempt[] attempts = MAPPER.readValue(json, Attempt[].class);
      return new AttemptHistory(
          Stream.ofNullable(attempts).flatMap(Stream::of).filter(Objects::nonNull).toList());
    } catch (JacksonException malformed) {
      return NONE;
    }
  }
}
