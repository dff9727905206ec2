package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Oversized;
import dev.sluice.worker.classify.TaskOutcome.Refused;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Clock;
import java.util.Optional;

/**
 * Reads from a reply what it means for the task.
 *
 * <p>The rules are those of OpenAI's error page: a 429 is a rate limit unless its code says that
 * the quota is used up; 401 and 403 concern the key and so everybody; 408, 409, 425 and 5xx may
 * work later; every other 4xx is the request's own fault. See <a
 * href="https://platform.openai.com/docs/guides/error-codes">error codes</a>.
 */
public final class OutcomeClassifier {
  private final Clock clock;

  /**
   * @param clock for {@code Retry-After} dates
   */
  public OutcomeClassifier(Clock clock) {
    this.clock = clock;
  }

  public TaskOutcome classify(Reply reply) {
    return switch (reply) {
      case Answered answer -> answered(answer);
      case Reply.TooLarge large ->
          new Oversized(
              "HTTP %d with a reply of more than %d bytes: ask for less in one call"
                  .formatted(large.status(), large.limitBytes()),
              large.took());
      case Reply.TimedOut late ->
          new Unavailable(
              "no whole answer within " + late.took().toMillis() + " ms", null, null, late.took());
      case Reply.Broken broken ->
          new Unavailable("connection broken: " + broken.reason(), null, null, broken.took());
      case Reply.NotConnected none ->
          new Unavailable("not connected: " + none.reason(), null, null, none.took());
    };
  }

  private TaskOutcome answered(Answered answer) {
    int status = answer.status();
    if (status / 100 == 2) {
      return completed(answer)
          .orElseGet(
              () -> unavailable(answer, "HTTP " + status + " with a body that is no JSON object"));
    }
    if (status == 429) {
      return rateLimitOrQuota(answer);
    }
    if (status == 401 || status == 403) {
      return new RouteDown("the provider refuses the key with HTTP " + status, answer);
    }
    if (status >= 500 || status == 408 || status == 409 || status == 425) {
      return unavailable(answer, answer.body().text());
    }
    return new Refused(code(answer), answer);
  }

  private static Optional<TaskOutcome> completed(Answered answer) {
    return Json.object(answer.body().bytes()).map(body -> new Completed(answer, Usage.of(body)));
  }

  private TaskOutcome rateLimitOrQuota(Answered answer) {
    return ProviderError.of(answer).saysQuotaIsUsedUp()
        ? new RouteDown("the provider's quota is used up", answer)
        : new Throttled(RetryAfter.of(answer, clock.instant()).orElse(null), answer);
  }

  private Unavailable unavailable(Answered answer, String detail) {
    return new Unavailable(
        detail, RetryAfter.of(answer, clock.instant()).orElse(null), answer, answer.took());
  }

  private static FailureCode code(Answered answer) {
    ProviderError error = ProviderError.of(answer);
    if (error.saysContextIsTooLong()) {
      return FailureCode.CONTEXT_LENGTH_EXCEEDED;
    }
    return error.saysContentIsFiltered()
        ? FailureCode.CONTENT_FILTERED
        : FailureCode.INVALID_REQUEST;
  }
}
