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
 * @param calls at most {@link #MAX_CALLS}; the oldest are dropped
 */
public record CallHistory(List<CallRecord> calls) {

  /** Maximum length of a history: all headers together must fit into one AMQP frame. */
  public static final int MAX_CALLS = 20;

  /** Maximum length of the header, in characters; Sluice writes at most half of it. */
  private static final int MAX_JSON_LENGTH = 16 * 1024;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The history of a run without a call. */
  public static final CallHistory NONE = new CallHistory(List.of());

  public CallHistory {
    calls = calls.stream().skip(Math.max(0, calls.size() - MAX_CALLS)).toList();
  }

  /** Appends a call; drops the oldest call if the history is full. */
  public CallHistory plus(CallRecord call) {
    return new CallHistory(Stream.concat(calls.stream(), Stream.of(call)).toList());
  }

  /** The value of the header: a JSON array. */
  public String json() {
    return MAPPER.writeValueAsString(calls);
  }

  /** Parses the header. Malformed JSON gives {@link #NONE}: the history is informational only. */
  public static CallHistory read(@Nullable String json) {
    if (json == null || json.length() > MAX_JSON_LENGTH) {
      return NONE;
    }
    try {
      CallRecord[] calls = MAPPER.readValue(json, CallRecord[].class);
      return new CallHistory(
          Stream.ofNullable(calls).flatMap(Stream::of).filter(Objects::nonNull).toList());
    } catch (JacksonException malformed) {
      return NONE;
    }
  }
}
