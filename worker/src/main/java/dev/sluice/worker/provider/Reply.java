package dev.sluice.worker.provider;

import dev.sluice.common.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one exchange with the provider ended. */
public sealed interface Reply {

  /** How long the exchange took. */
  Duration took();

  /** As metrics and spans tell it: the HTTP status, or what kept it from coming. */
  default String result() {
    return switch (this) {
      case Answered answer -> Integer.toString(answer.status());
      case Streamed stream -> Integer.toString(stream.head().status());
      case Abandoned abandoned -> "abandoned";
      case TooLarge large -> "too_large";
      case TimedOut late -> "timeout";
      case Broken broken -> "broken";
      case NotConnected none -> "not_connected";
    };
  }

  /**
   * The provider answered, with whatever status.
   *
   * @param headers names in small letters
   */
  record Answered(int status, Map<String, List<String>> headers, Payload body, Duration took)
      implements Reply {

    /** What providers call their request ids: Azure, Anthropic, and OpenAI with all its like. */
    private static final List<String> REQUEST_ID =
        List.of("apim-request-id", "request-id", "x-request-id");

    /** The provider's id of the call: that of its own name goes before one that a proxy may add. */
    public Optional<String> requestId() {
      return REQUEST_ID.stream().flatMap(name -> header(name).stream()).findFirst();
    }

    /** The first value of a header, by its name in small letters. */
    public Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }
  }

  /**
   * The provider streamed its answer to the end; its pieces have been passed on.
   *
   * @param head the answer without its body
   * @param tail the last of the body
   */
  record Streamed(Answered head, Payload tail, Duration took) implements Reply {}

  /** The caller did not want the answer any more, and the exchange was broken off. */
  record Abandoned(Duration took) implements Reply {}

  /** The answer is larger than a message may be; the rest of it was not read. */
  record TooLarge(int status, long limitBytes, Duration took) implements Reply {}

  /** The whole answer did not arrive within the time that a call may take. */
  record TimedOut(Duration took) implements Reply {}

  /** The connection broke after the request may have been sent: the provider may have worked. */
  record Broken(String reason, Duration took) implements Reply {}

  /** No connection was established, so no request was sent. */
  record NotConnected(String reason, Duration took) implements Reply {}
}
