package dev.sluice.worker.provider;

import dev.sluice.common.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The result of one exchange with the provider. */
public sealed interface Reply {

  /** The duration of the exchange. */
  Duration latency();

  /** The label in metrics and spans: the HTTP status, or the reason why there is none. */
  default String result() {
    return switch (this) {
      case Answered answer -> Integer.toString(answer.status());
      case Streamed stream -> Integer.toString(stream.head().status());
      case Cancelled cancelled -> "cancelled";
      case TooLarge large -> "too_large";
      case TimedOut timedOut -> "timeout";
      case ConnectionLost lost -> "connection_error";
      case NotConnected none -> "not_connected";
    };
  }

  /**
   * The provider sent a complete reply, with any HTTP status.
   *
   * @param headers the headers, with names in lower case
   */
  record Answered(int status, Map<String, List<String>> headers, Payload body, Duration latency)
      implements Reply {

    /** The request id headers of Azure, Anthropic, and OpenAI with compatible providers. */
    private static final List<String> REQUEST_ID =
        List.of("apim-request-id", "request-id", "x-request-id");

    /**
     * The provider's request id. Provider-specific headers win, because proxies add the general
     * one.
     */
    public Optional<String> requestId() {
      return REQUEST_ID.stream().flatMap(name -> header(name).stream()).findFirst();
    }

    /** The first value of a header, by its name in lower case. */
    public Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }
  }

  /**
   * The provider streamed its reply to the end; the chunks were forwarded to the caller.
   *
   * @param head the reply without its body
   * @param tail the first 4 and the last 64 to 128 KiB of the body, or all of it if it is shorter;
   *     a line of more than 64 KiB is followed by its excerpt
   */
  record Streamed(Answered head, Payload tail, Duration latency) implements Reply {}

  /** The exchange was cancelled, because the caller disconnected. */
  record Cancelled(Duration latency) implements Reply {}

  /** The reply is larger than the maximum size of a message; reading stopped at the limit. */
  record TooLarge(int status, long limitBytes, Duration latency) implements Reply {}

  /** The complete reply did not arrive within the call timeout. */
  record TimedOut(Duration latency) implements Reply {}

  /** The connection was lost after the request may have been sent and processed. */
  record ConnectionLost(String reason, Duration latency) implements Reply {}

  /** No connection was established; the request was not sent. */
  record NotConnected(String reason, Duration latency) implements Reply {}
}
