package dev.sluice.common.fleet;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * State of one route in one worker.
 *
 * @param route name of the route
 * @param concurrency maximum concurrent calls in the batch lane
 * @param running calls in flight
 * @param waiting tasks that wait for a permit
 * @param waitsFor what the first waiting task waits for: one of {@link #WAIT_REASONS}; null if no
 *     task waits
 * @param hold the hold of the route or of sources; null if there is none
 * @param limits the limits as estimated by this worker
 * @param limitStorage where the limits are stored: {@code worker}, {@code redis}, or {@code
 *     partitioned} across the workers
 * @param limitFraction this worker's fraction of the limits, 0-1; 1 if they are not partitioned
 * @param calls statistics of the calls
 * @param tier the flex tier of the route
 * @param members the members of the route; empty if it has none, or in earlier versions
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
    CallsReport calls,
    TierReport tier,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<MemberReport> members) {

  /** Values of {@code waitsFor}. */
  public static final List<String> WAIT_REASONS =
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
    waitsFor = waitsFor == null ? null : LegacyNames.currentWaitReason(waitsFor);
    tier = tier == null ? TierReport.NONE : tier; // optional in earlier versions
    limits = limits == null ? List.of() : List.copyOf(limits); // optional in earlier versions
    members = members == null ? List.of() : List.copyOf(members);
  }

  /**
   * State of one member of the route.
   *
   * @param member name of the member
   * @param account name of the account whose limits it shares
   * @param running its calls in flight
   * @param hold its hold; null if there is none
   * @param limits the limits of its account
   * @param calls statistics of the calls of its account
   */
  public record MemberReport(
      String member,
      String account,
      int running,
      @Nullable HoldReport hold,
      List<LimitReport> limits,
      CallsReport calls) {
    public MemberReport {
      Objects.requireNonNull(member, "member");
      Objects.requireNonNull(account, "account");
      Objects.requireNonNull(calls, "calls");
      limits = limits == null ? List.of() : List.copyOf(limits);
    }
  }

  /**
   * A hold of the route.
   *
   * @param kind {@code rate_limit}, {@code quota}, {@code api_key}, {@code model_not_found}, {@code
   *     breaker} or {@code manual}
   * @param reason human-readable
   * @param remainingMillis milliseconds until the hold ends or a probe is sent
   * @param probing whether a probe is in flight
   * @param sources the sources that are held, or that must not probe, see {@link HeldSource}; empty
   *     for all
   * @param endsByProbe whether a probe ends it, not its time; of a {@code rate_limit} only. Earlier
   *     versions omit it
   * @param partial whether only the sources are held, not the whole route
   */
  public record HoldReport(
      String kind,
      String reason,
      @JsonAlias("leftMillis") long remainingMillis,
      boolean probing,
      List<String> sources,
      boolean endsByProbe,
      boolean partial) {
    public HoldReport {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(reason, "reason");
      kind = LegacyNames.current(kind);
      sources = sources == null ? List.of() : List.copyOf(sources); // optional in earlier versions
    }

    /** A hold of the whole route. */
    public HoldReport(String kind, String reason, long remainingMillis, boolean probing) {
      this(kind, reason, remainingMillis, probing, List.of(), false, false);
    }
  }

  /**
   * A rate limit.
   *
   * @param limit {@code requests}, {@code tokens}, {@code input_tokens} or {@code output_tokens}
   * @param perMinute the limit; 0 if there is none or it is unknown
   * @param source {@code configured}, {@code advertised} in the provider's headers, {@code
   *     inferred} from 429 responses, or {@code unknown}
   * @param targetPerMinute target rate of all workers together; 0 for unlimited
   * @param remaining remaining quota in the provider's last response; null if not advertised
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

  /** A route without members, and without a call at the flex tier. */
  public RouteReport(
      String route,
      int concurrency,
      int running,
      int waiting,
      @Nullable String waitsFor,
      @Nullable HoldReport hold,
      List<LimitReport> limits,
      String limitStorage,
      double limitFraction,
      CallsReport calls) {
    this(
        route,
        concurrency,
        running,
        waiting,
        waitsFor,
        hold,
        limits,
        limitStorage,
        limitFraction,
        calls,
        TierReport.NONE,
        List.of());
  }

  /**
   * What the worker knows of the flex tier.
   *
   * @param recentCalls the last calls at the flex tier, up to 100
   * @param recentRefusals those of them that the provider refused because it had no capacity
   * @param modelsWithoutFlex models that do not have the tier
   * @param refusedBatches ids of the batches of which most of these calls were refused
   */
  public record TierReport(
      int recentCalls,
      int recentRefusals,
      List<String> modelsWithoutFlex,
      List<String> refusedBatches) {
    public static final TierReport NONE = new TierReport(0, 0, List.of(), List.of());

    public TierReport {
      modelsWithoutFlex = modelsWithoutFlex == null ? List.of() : List.copyOf(modelsWithoutFlex);
      refusedBatches = refusedBatches == null ? List.of() : List.copyOf(refusedBatches);
    }
  }

  /**
   * Call counters since the worker's start, and averages of its last calls.
   *
   * @param ended finished calls
   * @param throttled responses with status 429
   * @param millis average latency in milliseconds; 0 before the first call
   * @param tokens average charged tokens per call; 0 before the first call
   * @param inputTokens average prompt tokens per call; 0 if unknown
   * @param outputTokens average completion tokens per call; 0 if unknown
   */
  public record CallsReport(
      long ended,
      long throttled,
      double millis,
      double tokens,
      double inputTokens,
      double outputTokens) {

    /** Without separate averages of prompt and completion tokens. */
    public CallsReport(long ended, long throttled, double millis, double tokens) {
      this(ended, throttled, millis, tokens, 0, 0);
    }
  }
}
