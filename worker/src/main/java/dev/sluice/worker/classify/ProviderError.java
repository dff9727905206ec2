package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The content of a provider's error body. Providers put it into an {@code error} object (OpenAI),
 * an object in an array (Gemini), a string (Ollama's own endpoints), the root object (older vLLM)
 * or plain text. {@link ErrorReader} reads it.
 *
 * @param names {@code code}, {@code type}, {@code status}, and the reasons in {@code details}
 * @param messages the message texts in lower case, each from its beginning
 * @param param the parameter that is invalid; empty if there is none. A client chooses the names in
 *     its request, so it is no name of the error
 * @param quotaIds Google's ids of violated quotas, in lower case
 * @param retryDelay Google's {@code retryDelay}, such as {@code "44.5s"}; empty if there is none
 */
record ProviderError(
    Set<String> names,
    List<String> messages,
    String param,
    List<String> quotaIds,
    String retryDelay) {
  private static final Pattern ERROR_STATUS = Pattern.compile("[45]\\d\\d");

  /** The HTTP status that fits an error's code or type. */
  private static final Map<String, Integer> STATUS_BY_NAME =
      Map.ofEntries(
          Map.entry("invalid_request_error", 400),
          Map.entry("BadRequestError", 400),
          Map.entry("INVALID_ARGUMENT", 400),
          Map.entry("authentication_error", 401),
          Map.entry("invalid_api_key", 401),
          Map.entry("UNAUTHENTICATED", 401),
          Map.entry("permission_error", 403),
          Map.entry("PERMISSION_DENIED", 403),
          Map.entry("not_found_error", 404),
          Map.entry("NotFoundError", 404),
          Map.entry("NOT_FOUND", 404),
          Map.entry("rate_limit_exceeded", 429),
          Map.entry("rate_limit_error", 429),
          Map.entry("too_many_requests", 429),
          Map.entry("RESOURCE_EXHAUSTED", 429),
          Map.entry("CANCELLED", 499));

  static ProviderError of(Answered answer) {
    return Json.value(answer.body().bytes())
        .map(root -> of(answer, root))
        .orElseGet(() -> new ErrorReader().addMessage(answer.body().text()).read());
  }

  /**
   * @param root the part of the answer's body that contains the error
   */
  static ProviderError of(Answered answer, JsonNode root) {
    ErrorReader reader = new ErrorReader();
    answer.header("x-amzn-errortype").ifPresent(reader::addAmazonType);
    return reader.addBody(root).read();
  }

  boolean hasName(String name) {
    return names.contains(name);
  }

  /**
   * Whether a message begins with a phrase, or a quota id contains it. Later text of a message may
   * quote the request, so a client could write it.
   *
   * @param phrase case-insensitive; {@code *} stands for any text
   */
  boolean hasMessage(String phrase) {
    String lowerCase = phrase.toLowerCase(Locale.ROOT);
    return messages.stream().anyMatch(message -> beginsWith(message, lowerCase))
        || quotaIds.stream().anyMatch(id -> id.contains(lowerCase));
  }

  private static boolean beginsWith(String message, String phrase) {
    String[] parts = phrase.split("\\*", -1);
    if (!message.startsWith(parts[0])) {
      return false;
    }
    int end = parts[0].length();
    for (int i = 1; i < parts.length; i++) {
      int start = message.indexOf(parts[i], end);
      if (start < 0) {
        return false;
      }
      end = start + parts[i].length();
    }
    return true;
  }

  /** The HTTP status that the error states; empty if it states none. */
  Optional<Integer> status() {
    return names.stream()
        .filter(name -> ERROR_STATUS.matcher(name).matches())
        .map(Integer::valueOf)
        .findFirst()
        .or(
            () ->
                names.stream()
                    .flatMap(name -> Stream.ofNullable(STATUS_BY_NAME.get(name)))
                    .max(Comparator.naturalOrder()));
  }

  /** All message texts, in lower case. */
  String message() {
    return String.join("\n", messages);
  }

  private boolean messageContains(String part) {
    String lowerCase = part.toLowerCase(Locale.ROOT);
    return message().contains(lowerCase)
        || quotaIds.stream().anyMatch(id -> id.contains(lowerCase));
  }

  /**
   * The per-minute limit that the error names; empty if it names none, several, or a daily limit.
   *
   * <p>OpenAI and Groq name the limit in the error type and in the message. Azure writes "token
   * rate limit" or "call rate limit". Anthropic has separate limits for input and output tokens.
   * Gemini names the quota id.
   */
  Optional<LimitKind> limitKind() {
    if (messageContains("per day")) {
      return Optional.empty();
    }
    Set<LimitKind> named = EnumSet.noneOf(LimitKind.class);
    if (messageContains("input tokens per min") || messageContains("InputTokensPer")) {
      named.add(LimitKind.INPUT_TOKENS);
    }
    if (messageContains("output tokens per min") || messageContains("OutputTokensPer")) {
      named.add(LimitKind.OUTPUT_TOKENS);
    }
    if (named.isEmpty()
        && (hasName("tokens")
            || messageContains("tokens per min")
            || messageContains("token rate limit"))) {
      named.add(LimitKind.TOKENS);
    }
    if (hasName("requests")
        || messageContains("requests per min")
        || messageContains("call rate limit")
        || messageContains("RequestsPerMinute")) {
      named.add(LimitKind.REQUESTS);
    }
    return named.size() == 1 ? named.stream().findFirst() : Optional.empty();
  }
}
