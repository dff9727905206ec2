package dev.sluice.common.wire;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last calls of a task's run, the oldest first. It goes with the task through its delays, and
 * into its outcome.
 *
 * @param attempts at most {@link #MOST} of them
 */
public record AttemptHistory(List<Attempt> attempts) {

  /** How many are kept: all headers together have to fit into one AMQP frame. */
  public static final int MOST = 20;

  /** Longer than any that is written. */
  private static final int LONGEST_TEXT = 16 * 1024;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** No call was made yet. */
  public static final AttemptHistory NONE = new AttemptHistory(List.of());

  public AttemptHistory {
    attempts = attempts.stream().skip(Math.max(0, attempts.size() - MOST)).toList();
  }

  /** One call more; the oldest goes where there are too many. */
  public AttemptHistory plus(Attempt attempt) {
    return new AttemptHistory(Stream.concat(attempts.stream(), Stream.of(attempt)).toList());
  }

  /** As the header has it: a JSON array. */
  public String text() {
    return MAPPER.writeValueAsString(attempts);
  }

  /** What such a text says. It is a note: no task fails for one that cannot be read. */
  public static AttemptHistory read(@Nullable String text) {
    if (text == null || text.length() > LONGEST_TEXT) {
      return NONE;
    }
    try {
      Attempt[] attempts = MAPPER.readValue(text, Attempt[].class);
      return new AttemptHistory(
          Stream.ofNullable(attempts).flatMap(Stream::of).filter(Objects::nonNull).toList());
    } catch (JacksonException notOurs) {
      return NONE;
    }
  }
}
