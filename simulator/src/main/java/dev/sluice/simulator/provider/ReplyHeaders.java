package dev.sluice.simulator.provider;

import dev.sluice.simulator.duration.DurationText;
import dev.sluice.simulator.limit.RateLimitStatus;
import dev.sluice.simulator.openai.OpenAiError;
import dev.sluice.simulator.openai.ReplyWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the response headers of OpenAI or Anthropic, and the configured rate limit headers. */
final class ReplyHeaders {
  private static final String JSON = "application/json";

  private final LimitHeaders kind;
  private final boolean anthropic;
  private final Clock clock;

  ReplyHeaders(LimitHeaders kind, boolean anthropic, Clock clock) {
    this.kind = anthropic && kind == LimitHeaders.ALL ? LimitHeaders.ANTHROPIC : kind;
    this.anthropic = anthropic;
    this.clock = clock;
  }

  /** The name of the header with the id of the request. */
  static String requestIdName(boolean anthropic) {
    return anthropic ? "request-id" : "x-request-id";
  }

  /**
   * The headers of one response.
   *
   * @param retryIn Retry-After delay; null for none
   */
  Map<String, String> of(
      RateLimitStatus rateLimitStatus, Duration processing, @Nullable Duration retryIn) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", JSON);
    headers.put(requestIdName(anthropic), "req_" + ReplyWriter.hexId());
    if (anthropic) {
      headers.put("anthropic-organization-id", OpenAiError.ORGANIZATION);
    } else {
      headers.put("openai-organization", OpenAiError.ORGANIZATION);
      headers.put("openai-processing-ms", Long.toString(processing.toMillis()));
      headers.put("openai-version", "2020-10-01");
    }
    limit(headers, "requests", rateLimitStatus.requests());
    limit(headers, "tokens", rateLimitStatus.tokens());
    if (kind != LimitHeaders.NONE && retryIn != null) {
      headers.put("retry-after", Long.toString(DurationText.secondsRoundedUp(retryIn)));
    }
    if (kind != LimitHeaders.NONE && kind != LimitHeaders.ANTHROPIC && retryIn != null) {
      headers.put("retry-after-ms", Long.toString(DurationText.millisRoundedUp(retryIn)));
    }
    return headers;
  }

  private void limit(
      Map<String, String> headers, String name, RateLimitStatus.@Nullable LimitStatus limitStatus) {
    if (limitStatus == null) {
      return;
    }
    if (kind == LimitHeaders.ANTHROPIC) {
      String prefix = "anthropic-ratelimit-" + name;
      headers.put(prefix + "-limit", Long.toString(limitStatus.limit()));
      headers.put(prefix + "-remaining", Long.toString(limitStatus.remaining()));
      Instant full = clock.instant().plus(limitStatus.untilFull());
      headers.put(prefix + "-reset", full.truncatedTo(ChronoUnit.SECONDS).toString());
    }
    if (kind == LimitHeaders.ALL) {
      headers.put("x-ratelimit-limit-" + name, Long.toString(limitStatus.limit()));
      headers.put("x-ratelimit-remaining-" + name, Long.toString(limitStatus.remaining()));
      headers.put("x-ratelimit-reset-" + name, DurationText.format(limitStatus.untilFull()));
    }
  }
}
