package dev.sluice.worker.limit;

import dev.langchain4j.model.openai.OpenAiTokenCountEstimator;
import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.MessagesApi;
import dev.sluice.common.wire.Payload;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/**
 * Estimates the tokens of a request: those of its texts, and the maximum reply that it allows.
 *
 * <p>It uses the tokenizer of OpenAI's current models for all models. For other models the result
 * is an estimate, which the usage in the replies corrects.
 */
public final class TokenEstimator {
  /** Reply tokens of a request that sets no maximum. */
  static final long ASSUMED_REPLY_TOKENS = 500;

  /** A larger number is an error in the request. Times the choices it fits into a long. */
  private static final long MAX_REPLY_TOKENS = 1_000_000_000;

  private static final String MODEL = "gpt-4o";
  private static final int TOKENS_PER_MESSAGE = 4;

  /** A large image in high detail, according to OpenAI's vision guide. */
  private static final int TOKENS_PER_IMAGE = 1_105;

  /** Longer texts are estimated by their length: tokenizing them takes too long. */
  private static final int MAX_TOKENIZED_CHARACTERS = 200_000;

  /** Longer words of letters and digits are data. */
  private static final int MIN_BASE64 = 64;

  private static final int CHARACTERS_PER_TOKEN = 4;

  private static final JsonFactory JSON = Json.factory();

  private static final Set<String> PROMPT_MEMBERS =
      Set.of("messages", "input", "prompt", "instructions", "system", "tools");

  /** A lock, not a class initializer, which would pin the carrier of a waiting virtual thread. */
  private static final Lock LOAD_LOCK = new ReentrantLock();

  private static volatile @Nullable OpenAiTokenCountEstimator tokenizer;

  /** Loads the tokenizer's tables, so that the first estimate does not wait. */
  public static void load() {
    tokenizer();
  }

  /** Creates the tokenizer on first use, once for all routes, because its tables are large. */
  private static OpenAiTokenCountEstimator tokenizer() {
    OpenAiTokenCountEstimator loaded = tokenizer;
    if (loaded != null) {
      return loaded;
    }
    LOAD_LOCK.lock();
    try {
      loaded = tokenizer;
      if (loaded == null) {
        loaded = new OpenAiTokenCountEstimator(MODEL);
        loaded.estimateTokenCountInText("warm-up"); // reads the tables
        tokenizer = loaded;
      }
      return loaded;
    } finally {
      LOAD_LOCK.unlock();
    }
  }

  /**
   * Estimates a request; {@link EstimatedUsage#NONE} if it is not a JSON object.
   *
   * @param endpoint the provider's path; replies of an embeddings endpoint have no tokens
   */
  public EstimatedUsage estimate(String endpoint, Payload request) {
    if (endpoint.equals(MessagesApi.COUNT_TOKENS)) { // has limits of its own
      return EstimatedUsage.NONE;
    }
    return RequestSummary.read(request)
        .map(summary -> new EstimatedUsage(promptTokens(request), replyTokens(endpoint, summary)))
        .orElse(EstimatedUsage.NONE);
  }

  private static long replyTokens(String endpoint, RequestSummary summary) {
    long assumed = endpoint.endsWith("/embeddings") ? 0 : ASSUMED_REPLY_TOKENS;
    long reply = summary.maxOutputTokens().orElse(assumed);
    return Math.min(reply, MAX_REPLY_TOKENS) * summary.choices();
  }

  /** Reads token by token: the tree of a request may need many times its memory. */
  private long promptTokens(Payload request) {
    Map<String, Long> tokens = new HashMap<>(); // the last of duplicate members counts
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), request.bytes())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (PROMPT_MEMBERS.contains(name)) {
          tokens.put(name, tokens(parser));
        } else {
          parser.skipChildren();
        }
      }
    }
    return tokens.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The tokens of the parser's current value. */
  private long tokens(JsonParser parser) {
    long sum = 0;
    int depth = 0;
    JsonToken token = parser.currentToken();
    while (true) {
      switch (token) {
        case START_OBJECT -> {
          sum += TOKENS_PER_MESSAGE;
          depth++;
        }
        case START_ARRAY -> depth++;
        case END_OBJECT, END_ARRAY -> depth--;
        case VALUE_STRING -> sum += tokens(parser.currentName(), parser.getString());
        default -> {}
      }
      if (depth == 0) {
        return sum;
      }
      token = parser.nextToken();
    }
  }

  /** The tokens of a member's text. Anthropic's images and documents have base64 data. */
  private long tokens(@Nullable String name, String text) {
    boolean isBase64 = "data".equals(name) && text.length() > MIN_BASE64 && isBase64(text);
    return isBase64 ? TOKENS_PER_IMAGE : tokens(text);
  }

  private static boolean isBase64(String text) {
    return text.chars()
        .limit(MIN_BASE64)
        .allMatch(c -> Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
  }

  private long tokens(String text) {
    if (text.startsWith("data:")) {
      return TOKENS_PER_IMAGE; // base64 data, not text
    }
    return text.length() > MAX_TOKENIZED_CHARACTERS
        ? text.length() / CHARACTERS_PER_TOKEN
        : tokenizer().estimateTokenCountInText(text);
  }

  /** Counts the tokens of a JSON value of a request, such as one message. */
  public long tokens(JsonNode node) {
    if (node.isString()) {
      return tokens(node.asString());
    }
    long sum = node.isObject() ? TOKENS_PER_MESSAGE : 0;
    for (JsonNode child : node) {
      sum += tokens(child);
    }
    return sum;
  }
}
