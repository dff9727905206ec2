package dev.sluice.simulator.provider;

import dev.sluice.simulator.duration.DurationText;
import dev.sluice.simulator.limit.Standing;
import dev.sluice.simulator.openai.ApiError;
import dev.sluice.simulator.openai.ReplyWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers of OpenAI's replies. */
final class Headers {
  private static final String JSON = "application/json";

  private final LimitHeaders kind;

  Headers(LimitHeaders kind) {
    this.kind = kind;
  }

  /**
   * The headers of one reply.
   *
   * @param retryIn how long the caller is told to wait; null for nothing told
   */
  Map<String, String> of(Standing standing, Duration processing, @Nullable Duration retryIn) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", JSON);
    headers.put("x-request-id", "req_" + ReplyWriter.hexId());
    headers.put("openai-organization", ApiError.ORGANIZATION);
    headers.put("openai-processing-ms", Long.toString(processing.toMillis()));
    headers.put("openai-version", "2020-10-01");
    if (kind == LimitHeaders.ALL) {
      limit(headers, "requests", standing.requests());
      limit(headers, "tokens", standing.tokens());
    }
    if (kind != LimitHeaders.NONE && retryIn != null) {
      headers.put("retry-after", Long.toString(DurationText.secondsRoundedUp(retryIn)));
      headers.put("retry-after-ms", Long.toString(DurationText.millisRoundedUp(retryIn)));
    }
    return headers;
  }

  private static void limit(
      Map<String, String> headers, String name, Standing.@Nullable Level level) {
    if (level != null) {
      headers.put("x-ratelimit-limit-" + name, Long.toString(level.limit()));
      headers.put("x-ratelimit-remaining-" + name, Long.toString(level.left()));
      headers.put("x-ratelimit-reset-" + name, DurationText.format(level.untilFull()));
    }
  }
}
