package dev.sluice.worker.classify;

import static dev.sluice.platform.route.ErrorMeaning.API_KEY;
import static dev.sluice.platform.route.ErrorMeaning.CONTENT_FILTERED;
import static dev.sluice.platform.route.ErrorMeaning.CONTEXT_LENGTH_EXCEEDED;
import static dev.sluice.platform.route.ErrorMeaning.INVALID_REQUEST;
import static dev.sluice.platform.route.ErrorMeaning.MODEL_NOT_FOUND;
import static dev.sluice.platform.route.ErrorMeaning.NOT_READY;
import static dev.sluice.platform.route.ErrorMeaning.NO_CAPACITY;
import static dev.sluice.platform.route.ErrorMeaning.NO_TIER;
import static dev.sluice.platform.route.ErrorMeaning.QUOTA;
import static dev.sluice.platform.route.ErrorMeaning.RATE_LIMIT;
import static dev.sluice.platform.route.ErrorMeaning.REQUEST_TOO_LARGE;
import static dev.sluice.platform.route.ErrorMeaning.UNAVAILABLE;

import dev.sluice.platform.route.ErrorMeaning;
import dev.sluice.platform.route.ErrorRule;
import dev.sluice.platform.route.ProviderDialect;
import java.util.List;
import java.util.stream.Stream;

/**
 * The error rules of each provider, as data. The first rule that matches decides.
 *
 * <p>A message is matched from its beginning, which is the provider's own text: later parts may
 * quote the request. Only rules that affect no other task begin with {@code *}.
 *
 * <p>The HTTP status alone is ambiguous. Waiting does not resolve some 429s: no credit, a used-up
 * daily quota, a request larger than a minute's limit. Some 400s affect all requests: an invalid
 * key at Google, an empty account at Anthropic. The tables list only such errors; {@link #byStatus}
 * maps all others.
 */
final class ProviderErrorRules {
  private static final int ANY_STATUS = 0;
  private static final String ANY = "";

  /**
   * OpenAI, and compatible providers without their own dialect. See <a
   * href="https://platform.openai.com/docs/guides/error-codes">error codes</a>.
   */
  private static final List<ErrorRule> OPENAI =
      List.of(
          rule(ANY_STATUS, "insufficient_quota", ANY, QUOTA),
          rule(ANY_STATUS, "billing_hard_limit_reached", ANY, QUOTA),
          rule(ANY_STATUS, "billing_not_active", ANY, QUOTA),
          rule(ANY_STATUS, "exceeded_current_quota_error", ANY, QUOTA), // Moonshot
          rule(
              412, // Fireworks
              ANY,
              "account * is suspended, possibly due to reaching the monthly spending limit",
              QUOTA),
          // Anthropic, also through a gateway
          rule(400, ANY, "your credit balance is too low", QUOTA),
          rule(400, ANY, "you have reached your specified API usage limits", QUOTA),
          rule(400, ANY, "this organization has been disabled", API_KEY),
          rule(ANY_STATUS, "ThrottlingException", ANY, RATE_LIMIT), // Amazon, with status 400 too
          // More tokens than the limit per minute: "… (TPM): Limit 30000, Requested 31538"
          rule(429, "rate_limit_exceeded", "request too large", REQUEST_TOO_LARGE),
          // See https://developers.openai.com/api/docs/guides/flex-processing
          rule(429, "resource_unavailable", ANY, NO_CAPACITY),
          rule(400, ANY, "flex is not available for this model", NO_TIER),
          rule(400, ANY, "invalid service_tier argument", NO_TIER),
          rule(429, ANY, "that model is currently overloaded", UNAVAILABLE),
          rule(429, ANY, "the engine is currently overloaded", UNAVAILABLE),
          rule(503, ANY, "slow down", RATE_LIMIT),
          rule(503, ANY, "loading model", NOT_READY), // llama.cpp
          rule(503, ANY, "model * is currently loading", NOT_READY), // Hugging Face
          // 404, and 403 where the project has no access to it
          rule(ANY_STATUS, "model_not_found", ANY, MODEL_NOT_FOUND),
          rule(ANY_STATUS, "context_length_exceeded", ANY, CONTEXT_LENGTH_EXCEEDED),
          rule(ANY_STATUS, "string_above_max_length", ANY, CONTEXT_LENGTH_EXCEEDED),
          // Embeddings, and most compatible providers, send no code
          rule(400, ANY, "*maximum context length", CONTEXT_LENGTH_EXCEEDED),
          rule(ANY_STATUS, "content_filter", ANY, CONTENT_FILTERED),
          rule(ANY_STATUS, "content_policy_violation", ANY, CONTENT_FILTERED),
          rule(ANY_STATUS, "moderation_blocked", ANY, CONTENT_FILTERED),
          rule(400, "invalid_prompt", "*flagged", CONTENT_FILTERED),
          // OpenRouter sends 403, the status of an invalid key, for a prompt that moderation flags
          rule(403, ANY, "*input was flagged", CONTENT_FILTERED));

  /** See <a href="https://learn.microsoft.com/azure/ai-foundry/openai/reference">reference</a>. */
  private static final List<ErrorRule> AZURE_OPENAI =
      List.of(
          rule(404, "DeploymentNotFound", ANY, MODEL_NOT_FOUND),
          // A wrong path or api-version in the URL: code "404", message "Resource not found"
          rule(404, "404", "resource not found", MODEL_NOT_FOUND),
          // "The system is currently experiencing high demand …": Azure has no capacity; the limit
          // of the deployment is not exceeded
          rule(429, ANY, "the system is currently experiencing high demand", NO_CAPACITY),
          // Azure API Management: {"statusCode":403,"message":"Out of call volume quota. …"}
          rule(403, ANY, "out of call volume quota", QUOTA),
          rule(400, "ResponsibleAIPolicyViolation", ANY, CONTENT_FILTERED));

  /** See <a href="https://docs.claude.com/en/api/errors">errors</a>. */
  private static final List<ErrorRule> ANTHROPIC =
      List.of(
          rule(ANY_STATUS, "billing_error", ANY, QUOTA),
          rule(429, "enforced_spend_limit_reached", ANY, QUOTA),
          // Permanent: the account's plan does not include long context
          rule(429, ANY, "*required for long context", REQUEST_TOO_LARGE),
          rule(ANY_STATUS, "overloaded_error", ANY, UNAVAILABLE),
          rule(404, "not_found_error", "model:", MODEL_NOT_FOUND),
          rule(400, "invalid_request_error", "prompt is too long", CONTEXT_LENGTH_EXCEEDED),
          rule(400, "invalid_request_error", "*exceed context limit", CONTEXT_LENGTH_EXCEEDED),
          rule(400, ANY, "*blocked by content filtering", CONTENT_FILTERED));

  /**
   * See <a href="https://ai.google.dev/gemini-api/docs/troubleshooting">troubleshooting</a> and <a
   * href="https://ai.google.dev/gemini-api/docs/rate-limits">rate limits</a>.
   */
  private static final List<ErrorRule> GEMINI =
      List.of(
          // The id of a daily quota, such as GenerateRequestsPerDayPerProjectPerModel-FreeTier. The
          // response still contains a retry delay of seconds.
          rule(429, "RESOURCE_EXHAUSTED", "PerDay", QUOTA),
          // The plan does not include the model: "… limit: 0, model: gemini-3-pro"
          rule(429, "RESOURCE_EXHAUSTED", "quota exceeded for metric: * limit: 0,", QUOTA),
          rule(429, "RESOURCE_EXHAUSTED", "you exceeded your current quota* limit: 0,", QUOTA),
          rule(ANY_STATUS, ANY, "your prepayment credits are depleted", QUOTA),
          rule(429, ANY, "your * has exceeded its * spending cap", QUOTA),
          rule(400, "FAILED_PRECONDITION", "gemini api free tier is not available", QUOTA),
          rule(400, "API_KEY_INVALID", ANY, API_KEY),
          rule(400, "FAILED_PRECONDITION", "user location is not supported", API_KEY),
          rule(ANY_STATUS, "MODEL_CAPACITY_EXHAUSTED", ANY, NO_CAPACITY),
          rule(503, ANY, "this model is currently experiencing high demand", NO_CAPACITY),
          rule(400, ANY, "flex api is not supported for model", NO_TIER), // Vertex AI
          rule(404, "NOT_FOUND", "models/* is not found for API version", MODEL_NOT_FOUND),
          rule(404, "NOT_FOUND", "this model * is no longer available", MODEL_NOT_FOUND),
          rule(
              400,
              "INVALID_ARGUMENT",
              "*exceeds the maximum number of tokens",
              CONTEXT_LENGTH_EXCEEDED));

  /** See <a href="https://console.groq.com/docs/errors">errors</a>. */
  private static final List<ErrorRule> GROQ =
      List.of(
          // The same as OpenAI's, with another status
          rule(413, "rate_limit_exceeded", "request too large", REQUEST_TOO_LARGE),
          // The flex tier has no capacity: console.groq.com/docs/flex-processing
          rule(498, ANY, ANY, NO_CAPACITY),
          rule(ANY_STATUS, "model_decommissioned", ANY, MODEL_NOT_FOUND),
          // The model wrote invalid JSON or an invalid tool call; a retry may succeed
          rule(400, "json_validate_failed", ANY, UNAVAILABLE),
          rule(400, "tool_use_failed", ANY, UNAVAILABLE));

  /** See its OpenAI-compatible server, {@code vllm/entrypoints/openai}. */
  private static final List<ErrorRule> VLLM =
      List.of(
          rule(404, "NotFoundError", "the model * does not exist", MODEL_NOT_FOUND),
          rule(400, ANY, "*model's context length is only", CONTEXT_LENGTH_EXCEEDED),
          rule(400, ANY, "*longer than the maximum model length", CONTEXT_LENGTH_EXCEEDED),
          // The prompt alone exceeds the context length
          rule(400, ANY, "max_tokens must be at least 1, got -", CONTEXT_LENGTH_EXCEEDED));

  /** See its OpenAI-compatible server, {@code ollama/openai/openai.go}, and its FAQ. */
  private static final List<ErrorRule> OLLAMA =
      List.of(
          // model "llama3" not found, try pulling it first
          rule(404, ANY, "model * not found, try pulling it", MODEL_NOT_FOUND),
          rule(404, "not_found_error", "model * not found", MODEL_NOT_FOUND),
          // The queue is full (OLLAMA_MAX_QUEUE): requests arrive faster than Ollama processes them
          rule(
              503,
              ANY,
              "server busy, please try again.*maximum pending requests exceeded",
              RATE_LIMIT),
          rule(400, ANY, "*exceeds the context length", CONTEXT_LENGTH_EXCEEDED),
          rule(400, ANY, "*exceeds maximum context length", CONTEXT_LENGTH_EXCEEDED));

  private ProviderErrorRules() {}

  /** The rules of a dialect, then OpenAI's, because the other APIs are modelled on it. */
  static List<ErrorRule> of(ProviderDialect dialect) {
    return dialect == ProviderDialect.OPENAI
        ? OPENAI
        : Stream.concat(dialectRules(dialect).stream(), OPENAI.stream()).toList();
  }

  /** The rules of a dialect without OpenAI's. */
  static List<ErrorRule> dialectRules(ProviderDialect dialect) {
    return switch (dialect) {
      case AUTO, OPENAI -> OPENAI;
      case AZURE_OPENAI -> AZURE_OPENAI;
      case ANTHROPIC -> ANTHROPIC;
      case GEMINI -> GEMINI;
      case GROQ -> GROQ;
      case VLLM -> VLLM;
      case OLLAMA -> OLLAMA;
    };
  }

  /** The meaning of an error that no rule matches. */
  static ErrorMeaning byStatus(int status) {
    return switch (status) {
      case 401, 403 -> API_KEY;
      case 402 -> QUOTA;
      case 408, 409, 425, 499 -> UNAVAILABLE;
      case 413 -> REQUEST_TOO_LARGE;
      case 429 -> RATE_LIMIT;
      default -> status >= 500 || isRedirect(status) ? UNAVAILABLE : INVALID_REQUEST;
    };
  }

  /** The provider has moved, or provider.url is wrong: the requests are not the cause. */
  private static boolean isRedirect(int status) {
    return status / 100 == 3;
  }

  private static ErrorRule rule(int status, String code, String message, ErrorMeaning means) {
    return new ErrorRule(status, code, message, means);
  }
}
