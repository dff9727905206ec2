package dev.sluice.producer.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One route as the API shows it: the settings, and what its workers say together.
 *
 * @param provider host and port of the provider
 * @param concurrency calls that one worker runs at once
 * @param fleetConcurrency calls that all workers run at once; null where nothing bounds them
 * @param workers how many take tasks
 * @param running calls that are with the provider
 * @param waiting tasks that wait for a permit
 * @param queued tasks in PostgreSQL; null while it is away
 * @param inBroker tasks in the broker or with a worker; null while PostgreSQL is away
 * @param waitsFor what the next task waits for, in words; null where nothing waits
 * @param hold why the route rests; null where it does not
 * @param keptIn where the limits are kept; null where no worker says so
 * @param callsEnded calls since each worker's start
 * @param throttled those that met a rate limit
 * @param callMs how long the last calls took on average; null before the first
 * @param tokensPerCall what the last calls were charged on average; null before the first
 * @param inputTokensPerCall of them, the prompt's; null where they are not counted apart
 * @param outputTokensPerCall of them, the reply's; null where they are not counted apart
 * @param limitsByHand limits per minute that somebody set in place of the settings, by what they
 *     limit
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
    @Nullable String keptIn,
    long callsEnded,
    long throttled,
    @Nullable Long callMs,
    @Nullable Long tokensPerCall,
    @Nullable Long inputTokensPerCall,
    @Nullable Long outputTokensPerCall,
    Map<String, Long> limitsByHand,
    List<Worker> perWorker) {

  /**
   * Why a route rests.
   *
   * @param kind {@code rate_limit}, {@code quota}, {@code key}, {@code model_gone}, {@code breaker}
   *     or {@code by_hand}
   * @param reason a sentence
   * @param until when it ends, or the next probe goes out; null for when somebody ends it
   * @param probing whether a probe is out
   */
  public record Hold(String kind, String reason, @Nullable Instant until, boolean probing) {}

  /**
   * One limit.
   *
   * @param what {@code requests}, {@code tokens}, {@code input_tokens} or {@code output_tokens}
   * @param perMinute null where none is known
   * @param source {@code set}, {@code told}, {@code probed} or {@code none}
   * @param pacePerMinute how fast the workers go now; null for as fast as they can
   * @param left what the provider last said is left; null where it says nothing
   */
  public record Limit(
      String what,
      @Nullable Long perMinute,
      String source,
      @Nullable Long pacePerMinute,
      @Nullable Long left) {}

  /**
   * One worker's part.
   *
   * @param share its part of the limits, 0-1
   */
  public record Worker(
      String name,
      boolean stopping,
      long running,
      long waiting,
      @Nullable String waitsFor,
      double share,
      long callsEnded,
      long throttled,
      @Nullable Long callMs,
      @Nullable Long tokensPerCall) {}
}
