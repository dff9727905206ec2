package dev.sluice.api.route;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of one route: its settings and the merged reports of its workers. It has one component
 * for each member of the JSON object in the API docs.
 *
 * <pre>{@code
 * {"name": "openai", "models": ["gpt-4o-mini"], "provider": "api.openai.com", "concurrency": 8,
 *   "fleet_concurrency": null, "workers": 1, "running": 8, "waiting": 4, "queued": 3800,
 *   "in_broker": 200, "waits_for": "requests per minute", "hold": null,
 *   "limits": [{"limit": "requests", "per_minute": 500, "source": "advertised",
 *     "target_per_minute": 490, "remaining": 20}], "limit_storage": "worker", "calls_finished": 1000,
 *   "throttled": 2, "avg_latency_ms": 1200, "tokens_per_call": 400, "input_tokens_per_call": null,
 *   "output_tokens_per_call": null, "tier": {"name": "standard", "recent_calls": 0,
 *   "recent_refusals": 0, "models_without_flex": []}, "limit_overrides": {}, "per_worker": [{"name": "worker-1",
 *     "stopping": false, "running": 8, "waiting": 4, "waits_for": null, "limit_fraction": 1.0,
 *     "calls_finished": 1000, "throttled": 2, "avg_latency_ms": 1200, "tokens_per_call": 400,
 *     "clock_offset_seconds": null}], "members": []}
 * }</pre>
 *
 * @param name name of the route
 * @param models model names or patterns that the route serves
 * @param provider host of the provider, with the port if its URL has one; with members, their hosts
 *     separated by commas
 * @param concurrency maximum number of concurrent calls of one worker
 * @param fleetConcurrency maximum number of concurrent calls of all workers; null for no maximum
 * @param workers number of workers that accept tasks
 * @param running calls in flight to the provider
 * @param waiting tasks that wait for a permit
 * @param queued tasks in PostgreSQL; null while it is unavailable
 * @param inBroker tasks in the broker or with a worker; null while PostgreSQL is unavailable
 * @param waitsFor what the next task waits for, as text; null if no task waits
 * @param hold the hold of the route, or of single batches or callers; null if there is none
 * @param limits one entry per limit
 * @param limitStorage where the workers keep the limits: in each of them, partitioned across them,
 *     or in Redis; null before the first report
 * @param callsFinished calls since the start of each worker
 * @param throttled those of them with status 429
 * @param avgLatencyMs average latency of recent calls in ms; null before the first call
 * @param tokensPerCall average tokens charged to recent calls; null before the first call
 * @param inputTokensPerCall average prompt tokens; null if the route does not limit them separately
 * @param outputTokensPerCall average reply tokens; null if the route does not limit them separately
 * @param tier its service tier; null from an earlier version
 * @param limitOverrides limits per minute that an operator has set in place of the settings, by
 *     limit name
 * @param perWorker the workers, by name
 * @param members the members, in the order of the settings; empty for a route without members
 */
public record RouteStatus(
    String name,
    List<String> models,
    String provider,
    int concurrency,
    @Nullable Integer fleetConcurrency,
    long workers,
    long running,
    long waiting,
    @Nullable Long queued,
    @Nullable Long inBroker,
    @Nullable String waitsFor,
    @Nullable Hold hold,
    List<Limit> limits,
    @Nullable String limitStorage,
    long callsFinished,
    long throttled,
    @Nullable Long avgLatencyMs,
    @Nullable Long tokensPerCall,
    @Nullable Long inputTokensPerCall,
    @Nullable Long outputTokensPerCall,
    @Nullable Tier tier,
    Map<String, Long> limitOverrides,
    List<Worker> perWorker,
    List<Member> members) {

  /** The members are null if Jackson reads the JSON object of an earlier version. */
  public RouteStatus {
    members = members == null ? List.of() : List.copyOf(members);
  }

  /**
   * The status of one member of a route.
   *
   * @param name name of the member
   * @param account name of its account; members of one account share limits
   * @param provider host of its provider, with the port if its URL has one
   * @param order members with a lower number are preferred
   * @param running its calls in flight
   * @param hold its hold; null if there is none
   * @param limits one entry per limit of its account
   * @param callsFinished calls of its account since the start of each worker
   * @param throttled those of them that were rate-limited
   * @param avgLatencyMs average latency of recent calls of its account in ms; null before the first
   *     call
   */
  public record Member(
      String name,
      String account,
      String provider,
      int order,
      long running,
      @Nullable Hold hold,
      List<Limit> limits,
      long callsFinished,
      long throttled,
      @Nullable Long avgLatencyMs) {}

  /**
   * A hold of a route.
   *
   * @param kind {@code rate_limit}, {@code quota}, {@code api_key}, {@code model_not_found}, {@code
   *     breaker} or {@code manual}
   * @param reason a sentence
   * @param since when an operator set it, UTC; null for a hold that a worker began
   * @param until when the hold ends or the next probe is due, UTC; null until an operator ends it
   * @param probing whether a probe is in progress
   * @param partial whether it holds only single batches or callers whose calls all fail
   * @param sources the sources that are held, or that must not probe; empty for all. Not in the
   *     API: they name the batches and keys of all projects.
   * @param endsByProbe whether a probe ends it; otherwise it ends at {@code until}, or an operator
   *     ends it
   */
  public record Hold(
      String kind,
      String reason,
      @Nullable Instant since,
      @Nullable Instant until,
      boolean probing,
      boolean partial,
      @JsonIgnore List<String> sources,
      boolean endsByProbe) {

    /** The sources are null if Jackson reads the JSON object, which does not have them. */
    public Hold {
      sources = sources == null ? List.of() : List.copyOf(sources);
    }

    /** A hold of the whole route that a worker began. */
    public Hold(String kind, String reason, @Nullable Instant until, boolean probing) {
      this(
          kind,
          reason,
          null,
          until,
          probing,
          false,
          List.of(),
          !kind.equals("manual") && !kind.equals("rate_limit"));
    }
  }

  /**
   * The service tier of a route.
   *
   * @param name the tier of batches that request none: {@code standard} or {@code flex}
   * @param recentCalls the last calls at the flex tier, up to 100 of each worker
   * @param recentRefusals those of them that the provider refused because it had no capacity
   * @param modelsWithoutFlex models that do not have the flex tier
   */
  public record Tier(
      String name, long recentCalls, long recentRefusals, List<String> modelsWithoutFlex) {}

  /**
   * One rate limit of a route.
   *
   * @param limit {@code requests}, {@code tokens}, {@code input_tokens} or {@code output_tokens}
   * @param perMinute null if unknown
   * @param source {@code configured}, {@code advertised}, {@code inferred} or {@code unknown}
   * @param targetPerMinute current target rate of all workers; null for unlimited
   * @param remaining the quota that the provider last reported; null if it reports none
   */
  public record Limit(
      String limit,
      @Nullable Long perMinute,
      String source,
      @Nullable Long targetPerMinute,
      @Nullable Long remaining) {

    /** The limit's name as text, for example {@code input tokens}. */
    public String readableName() {
      return limit.replace('_', ' ');
    }
  }

  /**
   * The status of one worker.
   *
   * @param name name of the worker
   * @param stopping whether it accepts no more tasks
   * @param running its calls in flight to the provider
   * @param waiting its tasks that wait for a permit
   * @param waitsFor what its next task waits for, as text; null if no task waits
   * @param limitFraction the fraction of the limits that it may use, 0-1
   * @param callsFinished calls since its start
   * @param throttled those of them with status 429
   * @param avgLatencyMs average latency of its recent calls in ms; null before the first call
   * @param tokensPerCall average tokens charged to its recent calls; null before the first call
   * @param clockOffsetSeconds its time minus the producer's, if that is more than one minute; else
   *     null. The worker uses the producer's time for deadlines.
   */
  public record Worker(
      String name,
      boolean stopping,
      long running,
      long waiting,
      @Nullable String waitsFor,
      double limitFraction,
      long callsFinished,
      long throttled,
      @Nullable Long avgLatencyMs,
      @Nullable Long tokensPerCall,
      @Nullable Long clockOffsetSeconds) {}

  /** Whether no new call starts on the route. */
  public boolean held() {
    return hold != null && !hold.partial();
  }
}
