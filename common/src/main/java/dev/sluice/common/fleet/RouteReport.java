package dev.sluice.common.fleet;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one worker stands with one route.
 *
 * @param route its name
 * @param concurrency how many calls it may run at once in the batch lane
 * @param running calls that are with the provider now
 * @param waiting tasks that wait for a permit now
 * @param waitsFor what the first of them waits for: one of {@link #WAITS}; null where nobody waits
 * @param hold why the route rests; null where it does not
 * @param limits what is limited, as this worker believes
 * @param limitStorage where the limits are kept: {@code worker}, {@code redis}, or {@code divided}
 *     over the workers
 * @param limitFraction the part of the limits that is this worker's own, 0-1; 1 where they are
 *     shared
 * @param calls what its calls were like
 */
public record RouteReport(
    String route,
    int concurrency,
    int running,
    int waiting,
    @Nullable String waitsFor,
    @Nullable HoldReport hold,
    List<LimitReport> limits,
    @JsonAlias("keptIn") String limitStorage,
    @JsonAlias("share") double limitFraction,
    CallsReport calls) {

  /** What a task can wait for. */
  public static final List<String> WAITS =
      List.of(
          "requests_per_minute",
          "tokens_per_minute",
          "input_tokens_per_minute",
          "output_tokens_per_minute",
          "hold",
          "first_reply",
          "fleet_concurrency");

  public RouteReport {
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(limitStorage, "limitStorage");
    Objects.requireNonNull(calls, "calls");
    limitStorage = LegacyNames.current(limitStorage);
    waitsFor = waitsFor == null ? null : LegacyNames.currentWait(waitsFor);
    limits = limits == null ? List.of() : List.copyOf(limits); // an older one may leave it out
  }

  /**
   * Why a route rests.
   *
   * @param kind {@code rate_limit}, {@code quota}, {@code api_key}, {@code model_not_found}, {@code
   *     breaker} or {@code manual}
   * @param reason a sentence for people
   * @param remainingMillis how long it still rests; then one call finds out whether it is over
   * @param probing whether that one call is out
   */
  public record HoldReport(
      String kind, String reason, @JsonAlias("leftMillis") long remainingMillis, boolean probing) {
    public HoldReport {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(reason, "reason");
      kind = LegacyNames.current(kind);
    }
  }

  /**
   * One limit.
   *
   * @param limit {@code requests}, {@code tokens}, {@code input_tokens} or {@code output_tokens}
   * @param perMinute what the provider allows; 0 where there is no limit or none is known
   * @param source {@code configured}, {@code advertised} by the provider\'s headers, {@code
   *     inferred} from its refusals, or {@code unknown}
   * @param targetPerMinute how fast the workers together go now; 0 for as fast as they can
   * @param remaining what the provider's last reply said is left; null where it says nothing
   */
  public record LimitReport(
      @JsonAlias("what") String limit,
      long perMinute,
      String source,
      @JsonAlias("pacePerMinute") long targetPerMinute,
      @JsonAlias("left") @Nullable Long remaining) {
    public LimitReport {
      Objects.requireNonNull(limit, "limit");
      Objects.requireNonNull(source, "source");
      source = LegacyNames.current(source);
    }
  }

  /**
   * Calls since the worker's start, and what the last ones were like.
   *
   * @param ended all calls that ended
   * @param throttled those that met a rate limit
   * @param millis how long the last ones took on average; 0 before the first
   * @param tokens how many tokens the last ones were charged on average; 0 before the first
   * @param inputTokens how many of them were the prompt's; 0 where that is not known
   * @param outputTokens how many of them were the reply's; 0 where that is not known
   */
  public record CallsReport(
      long ended,
      long throttled,
      double millis,
      double tokens,
      double inputTokens,
      double outputTokens) {

    /** Where prompt and reply are not counted apart. */
    public CallsReport(long ended, long throttled, double millis, double tokens) {
      this(ended, throttled, millis, tokens, 0, 0);
    }
  }
}
