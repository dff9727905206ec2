package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.provider.Reply.Answered;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the usage in a reply.
 *
 * <pre>
 *                prompt                       of it from the cache                   written to it
 *   OpenAI       prompt_tokens,               …_tokens_details.cached_tokens         …_details.cache_write_tokens
 *                input_tokens (responses)
 *   DeepSeek     prompt_tokens                prompt_cache_hit_tokens
 *   Anthropic    input_tokens and both others cache_read_input_tokens                cache_creation_input_tokens
 * </pre>
 *
 * <p>Anthropic's {@code input_tokens} exclude the cached tokens; the others include them.
 */
public final class UsageReader {
  /** Far more than any context length. A larger or negative count is an error of the provider. */
  private static final long MAX_TOKENS = 100_000_000;

  private static final String DATA = "data:";
  private static final String USAGE = "usage";
  private static final String TIER = "service_tier";
  private static final String VERTEX_TRAFFIC = "/extra_properties/google/traffic_type";
  private static final String CACHE_READ = "cache_read_input_tokens";
  private static final String CACHE_CREATION = "cache_creation_input_tokens";

  /** The names that providers give their standard tier. */
  private static final Set<String> STANDARD = Set.of("default", "standard", "auto", "on_demand");

  /**
   * Matches numbers and objects of numbers. Within a JSON string the quotes would be escaped. The
   * quantifiers are possessive: others recurse for each repetition, which may overflow the stack.
   */
  private static final Pattern MEMBER =
      Pattern.compile("\"usage\"\\s*+:\\s*+\\{[^{}]*+(?:\\{[^{}]*+}[^{}]*+)*+}");

  /** The names of the members of a reply that contain its usage. */
  static final Set<String> MEMBERS = Set.of(USAGE, TIER);

  private UsageReader() {}

  /** {@link TokenUsage#NONE} if the reply is not a JSON object or reports no plausible usage. */
  public static TokenUsage of(Answered reply) {
    return Json.members(reply.body().bytes(), MEMBERS).map(UsageReader::of).orElse(TokenUsage.NONE);
  }

  /** The usage of a parsed reply, which needs only its {@link #MEMBERS}. */
  static TokenUsage of(JsonNode reply) {
    JsonNode usage = reply.path(USAGE);
    JsonNode details =
        usage.path(usage.has("prompt_tokens") ? "prompt_tokens_details" : "input_tokens_details");
    boolean excludesCached = usage.has(CACHE_READ) || usage.has(CACHE_CREATION);
    long cached =
        first(
            usage.path(CACHE_READ),
            details.path("cached_tokens"),
            usage.path("prompt_cache_hit_tokens"),
            usage.path("cached_tokens"));
    long written = first(usage.path(CACHE_CREATION), details.path("cache_write_tokens"));
    long prompt =
        first(usage.path("prompt_tokens"), usage.path("input_tokens"))
            + (excludesCached ? cached + written : 0);
    long completion = first(usage.path("completion_tokens"), usage.path("output_tokens"));
    if (!Stream.of(prompt, completion, cached, written).allMatch(UsageReader::isPlausible)) {
      return TokenUsage.NONE;
    }
    long ofCache = Math.min(cached, prompt);
    return new TokenUsage(
        prompt, completion, ofCache, Math.min(written, prompt - ofCache), tier(reply, usage));
  }

  /** Anthropic and Vertex AI report the tier in the usage, the others beside it. */
  private static String tier(JsonNode reply, JsonNode usage) {
    if (usage.at(VERTEX_TRAFFIC).asString("").equals("ON_DEMAND_FLEX")) {
      return "flex";
    }
    String tier = usage.path(TIER).asString(reply.path(TIER).asString("")).toLowerCase(Locale.ROOT);
    return STANDARD.contains(tier) ? "" : tier;
  }

  /**
   * The usage that the events of a stream report. Chat completions report it in a chunk, responses
   * in the response object of the last event. The Messages API reports the prompt in its first
   * event and the reply in the last but one, so that a later count replaces an earlier one.
   *
   * @param events the beginning and the end of the stream
   */
  static TokenUsage ofStream(Payload events) {
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    events
        .text()
        .lines()
        .filter(line -> line.contains(USAGE))
        .flatMap(line -> (line.startsWith(DATA) ? ofEvent(line) : ofPartialEvent(line)).stream())
        .filter(event -> event.path(USAGE).isObject())
        .forEach(event -> merge(merged, event));
    return of(merged);
  }

  private static void merge(ObjectNode merged, JsonNode event) {
    ObjectNode usage = merged.withObject(USAGE);
    event.path(USAGE).properties().stream()
        .filter(member -> !member.getValue().isNull())
        .forEach(member -> usage.set(member.getKey(), member.getValue()));
    if (event.path(TIER).isString()) {
      merged.set(TIER, event.path(TIER));
    }
  }

  private static Optional<JsonNode> ofEvent(String line) {
    return Json.object(Payload.of(line.substring(DATA.length())).bytes())
        .map(
            event ->
                Stream.of("response", "message")
                    .map(event::path)
                    .filter(JsonNode::isObject)
                    .findFirst()
                    .orElse(event));
  }

  /** The end may begin within a long last event, so search for the member in the text. */
  private static Optional<JsonNode> ofPartialEvent(String line) {
    return MEMBER
        .matcher(line)
        .results()
        .flatMap(match -> Json.object(Payload.of("{" + match.group() + "}").bytes()).stream())
        .filter(event -> of(event).total() > 0)
        .reduce((earlier, later) -> later);
  }

  /** The first number; 0 without one. */
  private static long first(JsonNode... counts) {
    return Stream.of(counts)
        .filter(JsonNode::isNumber)
        .findFirst()
        .map(count -> count.asLong(-1)) // not plausible, for a number that a long cannot hold
        .orElse(0L);
  }

  private static boolean isPlausible(long tokens) {
    return tokens >= 0 && tokens <= MAX_TOKENS;
  }
}
