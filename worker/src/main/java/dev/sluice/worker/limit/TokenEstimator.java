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
 * How many tokens a call may use: those of its texts and the longest reply that it allows.
 *
 * <p>Counted with the tokenizer of OpenAI's current models whatever the model is: for others it is
 * an estimate, which the usage in the reply corrects.
 */
public final class TokenEstimator {
  /** What a reply is taken to need where the request sets no bound. */
  static final long ASSUMED_REPLY_TOKENS = 500;

  /**
   * Longer is a slip in the request; as many choices as a number holds still fit a {@code long}.
   */
  private static final long LONGEST_REPLY = 1_000_000_000;

  private static final String MODEL = "gpt-4o";
  private static final int TOKENS_AROUND_A_MESSAGE = 4;

  /** A large picture in high detail, by OpenAI's page on vision. */
  private static final int TOKENS_OF_AN_IMAGE = 1_105;

  /** Above this a count takes longer than its exactness is worth. */
  private static final int LONGEST_COUNTED = 200_000;

  private static final int CHARACTERS_PER_TOKEN = 4;

  private static final Lock LOADING = new ReentrantLock();
  private static volatile @Nullable OpenAiTokenCountEstimator tokenizer;

  /** Loads the tokenizer's tables, which takes a moment that the first estimate would take else. */
  public static void load() {
    tokenizer();
  }

  /**
   * Made when it is first asked for, once for all routes: its tables are large. Who asks meanwhile
   * waits at a lock: at a class that is being initialized, a virtual thread would hold its carrier.
   */
  private static OpenAiTokenCountEstimator tokenizer() {
    OpenAiTokenCountEstimator made = tokenizer;
    if (made != null) {
      return made;
    }
    LOADING.lock();
    try {
      made = tokenizer;
      if (made == null) {
        made = new OpenAiTokenCountEstimator(MODEL);
        made.estimateTokenCountInText("warm"); // which reads the tables
        tokenizer = made;
      }
      return made;
    } finally {
      LOADING.unlock();
    }
  }

  /**
   * The estimate of a request; nothing of either where it is no JSON object.
   *
   * @param endpoint the provider's path; embeddings have no reply in tokens
   */
  public EstimatedUsage estimate(String endpoint, Payload request) {
    return Json.object(request.bytes())
        .map(root -> estimate(endpoint, root))
        .orElseGet(() -> new EstimatedUsage(0, 0));
  }

  private EstimatedUsage estimate(String endpoint, JsonNode root) {
    long prompt = 0;
    for (String part : new String[] {"messages", "input", "prompt", "instructions", "tools"}) {
      prompt += tokens(root.path(part));
    }
    long assumed = endpoint.endsWith("/embeddings") ? 0 : ASSUMED_REPLY_TOKENS;
    RequestSummary facts = RequestSummary.of(root);
    long reply = facts.maxOutputTokens().orElse(assumed);
    return new EstimatedUsage(prompt, Math.min(reply, LONGEST_REPLY) * facts.choices());
  }

  private long tokens(String text) {
    if (text.startsWith("data:")) {
      return TOKENS_OF_AN_IMAGE; // its bytes are no words
    }
    return text.length() > LONGEST_COUNTED
        ? text.length() / CHARACTERS_PER_TOKEN
        : tokenizer().estimateTokenCountInText(text);
  }

  /** Those of a part of a request, such as one message. */
  public long tokens(JsonNode node) {
    if (node.isString()) {
      return tokens(node.asString());
    }
    long sum = node.isObject() ? TOKENS_AROUND_A_MESSAGE : 0;
    for (JsonNode child : node) {
      sum += tokens(child);
    }
    return sum;
  }
}
