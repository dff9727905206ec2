package dev.sluice.worker.classify;

import static dev.sluice.common.route.ErrorMeaning.CONTENT_FILTERED;
import static dev.sluice.common.route.ErrorMeaning.CONTEXT_LENGTH;
import static dev.sluice.common.route.ErrorMeaning.KEY;
import static dev.sluice.common.route.ErrorMeaning.MODEL_GONE;
import static dev.sluice.common.route.ErrorMeaning.QUOTA;
import static dev.sluice.common.route.ErrorMeaning.RATE_LIMIT;
import static dev.sluice.common.route.ErrorMeaning.REFUSED;
import static dev.sluice.common.route.ErrorMeaning.REQUEST_TOO_LARGE;
import static dev.sluice.common.route.ErrorMeaning.UNAVAILABLE;

import dev.sluice.common.route.ErrorMeaning;
import dev.sluice.common.route.ErrorRule;
import dev.sluice.common.route.ProviderDialect;
import java.util.List;
import java.util.stream.Stream;

/**
 * What each provider's errors mean: a table of data, the first rule that fits decides.
 *
 * <p>A status alone says less than it seems: there are 429s that no waiting helps (money, a day's
 * quota, a request larger than a minute's allowance) and 400s that concern everybody (a bad key at
 * Google, an empty account at Anthropic). Only those are listed; what is not follows {@link
 * #byStatus}.
 */
final class ProviderErrorRules {
  private static final int ANY_STATUS = 0;
  private static final String ANY = "";

  /**
   * OpenAI, and whoever follows it without a dialect of its own. See <a
   * href="https://platform.openai.com/docs/guides/error-codes">error codes</a>.
   */
  private static final List<ErrorRule> OPENAI =
      List.of(
          rule(ANY_STATUS, "insufficient_quota", ANY, QUOTA),
          rule(ANY_STATUS, "billing_hard_limit_reached", ANY, QUOTA),
          rule(ANY_STATUS, "billing_not_active", ANY, QUOTA),
          // More tokens than a minute has: "… on tokens per min (TPM): Limit 30000, Requested
          // 31538"
          rule(429, "rate_limit_exceeded", "request too large", REQUEST_TOO_LARGE),
          // Flex processing without capacity: platform.openai.com/docs/guides/flex-processing
          rule(429, "resource_unavailable", ANY, UNAVAILABLE),
          rule(429, ANY, "currently overloaded", UNAVAILABLE),
          rule(503, ANY, "slow down", RATE_LIMIT),
          // 404, and 403 where the project has no access to it
          rule(ANY_STATUS, "model_not_found", ANY, MODEL_GONE),
          rule(ANY_STATUS, "context_length_exceeded", ANY, CONTEXT_LENGTH),
          rule(ANY_STATUS, "string_above_max_length", ANY, CONTEXT_LENGTH),
          // Embeddings, and most imitators, say it without a code
          rule(400, ANY, "maximum context length", CONTEXT_LENGTH),
          rule(ANY_STATUS, "content_filter", ANY, CONTENT_FILTERED),
          rule(ANY_STATUS, "content_policy_violation", ANY, CONTENT_FILTERED),
          rule(ANY_STATUS, "moderation_blocked", ANY, CONTENT_FILTERED),
          rule(400, "invalid_prompt", "flagged", CONTENT_FILTERED),
          // OpenRouter answers a prompt that its moderation flags with the status of a bad key
          rule(403, ANY, "input was flagged", CONTENT_FILTERED));

  /** See <a href="https://learn.microsoft.com/azure/ai-foundry/openai/reference">reference</a>. */
  private static final List<ErrorRule> AZURE_OPENAI =
      List.of(
          rule(404, "DeploymentNotFound", ANY, MODEL_GONE),
          // A wrong path or api-version in the URL: {"error":{"code":"404","message":"Resource not
          // …"}}
          rule(404, "404", "resource not found", MODEL_GONE),
          // "The system is currently experiencing high demand …": theirs, not the deployment's
          // limit
          rule(429, ANY, "experiencing high demand", UNAVAILABLE),
          // API Management in front of it: {"statusCode":403,"message":"Out of call volume quota.
          // …"}
          rule(403, ANY, "out of call volume quota", QUOTA),
          rule(400, "ResponsibleAIPolicyViolation", ANY, CONTENT_FILTERED));

  /** See <a href="https://docs.claude.com/en/api/errors">errors</a>. */
  private static final List<ErrorRule> ANTHROPIC =
      List.of(
          rule(ANY_STATUS, "billing_error", ANY, QUOTA),
          rule(400, "invalid_request_error", "credit balance is too low", QUOTA),
          rule(400, "invalid_request_error", "reached your specified API usage limits", QUOTA),
          rule(429, "enforced_spend_limit_reached", ANY, QUOTA),
          rule(ANY_STATUS, ANY, "organization has been disabled", KEY),
          // Not a matter of time: the account's plan has no long context
          rule(429, ANY, "required for long context", REQUEST_TOO_LARGE),
          rule(ANY_STATUS, "overloaded_error", ANY, UNAVAILABLE),
          rule(404, "not_found_error", "model", MODEL_GONE),
          rule(400, "invalid_request_error", "prompt is too long", CONTEXT_LENGTH),
          rule(400, "invalid_request_error", "exceed context limit", CONTEXT_LENGTH),
          rule(400, ANY, "blocked by content filtering", CONTENT_FILTERED));

  /**
   * See <a href="https://ai.google.dev/gemini-api/docs/troubleshooting">troubleshooting</a> and <a
   * href="https://ai.google.dev/gemini-api/docs/rate-limits">rate limits</a>.
   */
  private static final List<ErrorRule> GEMINI =
      List.of(
          // A violated quota's id, such as GenerateRequestsPerDayPerProjectPerModel-FreeTier; such
          // an answer names a delay of seconds all the same
          rule(429, "RESOURCE_EXHAUSTED", "PerDay", QUOTA),
          // The model is not in the plan: "… free_tier_requests, limit: 0, model: gemini-3-pro"
          rule(429, "RESOURCE_EXHAUSTED", "limit: 0,", QUOTA),
          rule(ANY_STATUS, ANY, "credits are depleted", QUOTA),
          rule(429, ANY, "spending cap", QUOTA),
          rule(400, "FAILED_PRECONDITION", "billing", QUOTA),
          rule(400, "API_KEY_INVALID", ANY, KEY),
          rule(400, "FAILED_PRECONDITION", "location is not supported", KEY),
          rule(429, "MODEL_CAPACITY_EXHAUSTED", ANY, UNAVAILABLE),
          rule(404, "NOT_FOUND", "is not found for API version", MODEL_GONE),
          rule(404, "NOT_FOUND", "no longer available", MODEL_GONE),
          rule(400, "INVALID_ARGUMENT", "exceeds the maximum number of tokens", CONTEXT_LENGTH));

  /** See <a href="https://console.groq.com/docs/errors">errors</a>. */
  private static final List<ErrorRule> GROQ =
      List.of(
          // As OpenAI's, with a status of its own
          rule(413, "rate_limit_exceeded", "request too large", REQUEST_TOO_LARGE),
          // The flex tier has no capacity: console.groq.com/docs/flex-processing
          rule(498, ANY, ANY, UNAVAILABLE),
          rule(ANY_STATUS, "model_decommissioned", ANY, MODEL_GONE),
          // The model wrote no valid JSON or tool call: the next time it may
          rule(400, "json_validate_failed", ANY, UNAVAILABLE),
          rule(400, "tool_use_failed", ANY, UNAVAILABLE));

  /** See its OpenAI-compatible server, {@code vllm/entrypoints/openai}. */
  private static final List<ErrorRule> VLLM =
      List.of(
          rule(404, "NotFoundError", "does not exist", MODEL_GONE),
          rule(400, ANY, "model's context length is only", CONTEXT_LENGTH),
          rule(400, ANY, "longer than the maximum model length", CONTEXT_LENGTH),
          // What the prompt leaves of the window is below nothing
          rule(400, ANY, "max_tokens must be at least 1, got -", CONTEXT_LENGTH));

  /** See its OpenAI-compatible server, {@code ollama/openai/openai.go}, and its FAQ. */
  private static final List<ErrorRule> OLLAMA =
      List.of(
          // model "llama3" not found, try pulling it first
          rule(404, ANY, "try pulling it", MODEL_GONE),
          rule(404, "not_found_error", "not found", MODEL_GONE),
          // Its queue is full (OLLAMA_MAX_QUEUE): it works, but not as fast as it is asked
          rule(503, ANY, "maximum pending requests exceeded", RATE_LIMIT),
          rule(400, ANY, "exceeds the context length", CONTEXT_LENGTH),
          rule(400, ANY, "exceeds maximum context length", CONTEXT_LENGTH));

  private ProviderErrorRules() {}

  /** The rules of a dialect in their order, and then OpenAI's: all others imitate it. */
  static List<ErrorRule> of(ProviderDialect dialect) {
    return dialect == ProviderDialect.OPENAI
        ? OPENAI
        : Stream.concat(own(dialect).stream(), OPENAI.stream()).toList();
  }

  /** Those of the dialect alone. */
  static List<ErrorRule> own(ProviderDialect dialect) {
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

  /** What an answer means that no rule fits. */
  static ErrorMeaning byStatus(int status) {
    return switch (status) {
      case 401, 403 -> KEY;
      case 402 -> QUOTA;
      case 408, 409, 425 -> UNAVAILABLE;
      case 413 -> REQUEST_TOO_LARGE;
      case 429 -> RATE_LIMIT;
      default -> status >= 500 ? UNAVAILABLE : REFUSED;
    };
  }

  private static ErrorRule rule(int status, String code, String message, ErrorMeaning means) {
    return new ErrorRule(status, code, message, means);
  }
}
