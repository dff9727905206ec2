package dev.sluice.common.json;

import dev.sluice.common.wire.Payload;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The members of a provider request that Sluice evaluates.
 *
 * @param model the requested model; empty if the request names none
 * @param maxOutputTokens maximum length of the reply, in tokens; empty if not set
 * @param stream whether the request asks for a streamed reply
 * @param invalidStream the JSON of {@code stream} if it is neither a boolean nor null: some
 *     providers stream the reply in this case; null if it is valid
 * @param choices number of requested replies ({@code n}), at least 1
 */
public record RequestSummary(
    String model,
    OptionalLong maxOutputTokens,
    boolean stream,
    @Nullable String invalidStream,
    int choices) {

  /** Chat completions has two names for the limit, and the Responses API a third. */
  private static final List<String> MAX_OUTPUT_TOKENS =
      List.of("max_completion_tokens", "max_output_tokens", "max_tokens");

  /** The names of the members that a summary uses. */
  private static final Set<String> MEMBERS =
      Stream.concat(Stream.of("model", "stream", "n"), MAX_OUTPUT_TOKENS.stream())
          .collect(Collectors.toUnmodifiableSet());

  /** Parses a request body; empty if it is not a JSON object. */
  public static Optional<RequestSummary> read(Payload request) {
    return Json.members(request.bytes(), MEMBERS).map(RequestSummary::of);
  }

  /** Summarises a request of which only its {@link #MEMBERS} are parsed. */
  private static RequestSummary of(JsonNode request) {
    return new RequestSummary(
        request.path("model").asString(""),
        maxOutputTokens(request),
        request.path("stream").asBoolean(false),
        invalidStream(request.path("stream")),
        Math.max(1, request.path("n").asInt(1)));
  }

  /** The JSON of {@code stream} if it is neither absent, a boolean nor null; otherwise null. */
  public static @Nullable String invalidStream(JsonNode stream) {
    return stream.isMissingNode() || stream.isBoolean() || stream.isNull()
        ? null
        : stream.toString();
  }

  private static OptionalLong maxOutputTokens(JsonNode request) {
    for (String name : MAX_OUTPUT_TOKENS) {
      JsonNode value = request.path(name);
      if (value.isIntegralNumber()) {
        return OptionalLong.of(Math.max(0, value.asLong(Long.MAX_VALUE)));
      }
    }
    return OptionalLong.empty();
  }
}
