package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.LimitView;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of a limiter.
 *
 * @param running number of calls in flight
 * @param waiting number of tasks that wait for a permit
 * @param waitsFor what the head of the queue waits for, such as {@code hold} or {@code
 *     requests_per_minute}; null if it waits for nothing
 * @param hold the current hold of the route or of sources; null if there is none
 * @param limits the known limits
 * @param limitStorage where the limits are stored: {@code worker}, {@code redis} or {@code
 *     partitioned}
 * @param limitFraction this worker's consumers ÷ all consumers of the route
 * @param calls statistics of the calls
 * @param members the members; empty if the route has only one, without a name
 */
public record LimiterStatus(
    int running,
    int waiting,
    @Nullable String waitsFor,
    @Nullable Hold hold,
    List<LimitView> limits,
    String limitStorage,
    double limitFraction,
    Calls calls,
    List<Member> members) {

  /**
   * The state of one member of the route.
   *
   * @param account the account whose limits it shares
   * @param order members with a lower number are preferred
   * @param running number of its calls in flight
   * @param hold its hold; null if there is none
   * @param limits the known limits of its account
   * @param calls statistics of the calls of its account
   */
  public record Member(
      String name,
      String account,
      int order,
      int running,
      @Nullable Hold hold,
      List<LimitView> limits,
      Calls calls) {}

  /**
   * A hold of the route.
   *
   * @param reason a sentence for operators
   * @param remaining time until the hold or its next probe; zero for a manual hold
   * @param probing whether a probe is in flight
   * @param sources the sources that are held, or that must not probe before it is due; empty for
   *     all
   * @param endsByProbe whether a probe ends it, not its time
   * @param partial whether only the sources are held, not the whole route
   */
  public record Hold(
      HoldKind kind,
      String reason,
      Duration remaining,
      boolean probing,
      Set<String> sources,
      boolean endsByProbe,
      boolean partial) {

    /** This hold, with the name of its member in the reason. */
    Hold ofMember(String name) {
      return new Hold(
          kind,
          "member " + name + ": " + reason,
          remaining,
          probing,
          sources,
          endsByProbe,
          partial);
    }
  }

  /**
   * Statistics of the calls.
   *
   * @param ended number of calls that succeeded or were throttled, since the start
   * @param throttled number of them that were throttled
   * @param seconds average duration of the latest calls
   * @param inputTokens average reserved prompt tokens of the latest calls
   * @param outputTokens average reserved reply tokens of the latest calls
   */
  public record Calls(
      long ended, long throttled, double seconds, double inputTokens, double outputTokens) {}
}
