package dev.sluice.worker.limit;

import dev.langchain4j.model.openai.OpenAiTokenCountEstimator;
import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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

  private static final int CHARACTERS_PER_TOKEN = 4;

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
    return Json.object(request.bytes())
        .map(root -> estimate(endpoint, root))
        .orElse(EstimatedUsage.NONE);
  }

  private EstimatedUsage estimate(String endpoint, JsonNode root) {
    long prompt = 0;
    for (String field : new String[] {"messages", "input", "prompt", "instructions", "tools"}) {
      prompt += tokens(root.path(field));
    }
    long assumed = endpoint.endsWith("/embeddings") ? 0 : ASSUMED_REPLY_TOKENS;
    RequestSummary summary = RequestSummary.of(root);
    long reply = summary.maxOutputTokens().orElse(assumed);
    return new EstimatedUsage(prompt, Math.min(reply, MAX_REPLY_TOKENS) * summary.choices());
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
