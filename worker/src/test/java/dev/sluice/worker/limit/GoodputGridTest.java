package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.worker.limit.GoodputPoint.Result;
import dev.sluice.worker.limit.rate.LimitSource;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The worst goodput of many providers and fleets, in virtual time. The output of the test is a
 * report.
 *
 * <pre>
 *   -Dsluice.grid.all=true      all points; by default two of five
 *   -Dsluice.grid.length=4      runs with 4 times as many calls
 *   -Dsluice.grid.seed=2        other random calls
 *   -Dsluice.grid.point=NAME    only this point, with a line for each second
 * </pre>
 *
 * <p>The bounds are those of the default run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoodputGridTest {
  private static final boolean ALL = Boolean.getBoolean("sluice.grid.all");
  private static final int LENGTH = Integer.getInteger("sluice.grid.length", 1);
  private static final int SEED = Integer.getInteger("sluice.grid.seed", 1);
  private static final String POINT = System.getProperty("sluice.grid.point", "");
  private static final boolean IS_DEFAULT = !ALL && LENGTH == 1 && SEED == 1 && POINT.isEmpty();

  private List<Result> results = List.of();

  @BeforeAll
  void runPoints() {
    results =
        POINT.isEmpty()
            ? (ALL ? GoodputGrid.points() : GoodputGrid.sample())
                .parallelStream()
                    .map(point -> point.run(LENGTH * point.defaultCalls(), SEED, line -> {}))
                    .toList()
            : GoodputGrid.points().stream()
                .filter(point -> point.name().equals(POINT))
                .map(point -> point.run(LENGTH * point.defaultCalls(), SEED, System.out::println))
                .toList();
    assertThat(results).isNotEmpty();
    System.out.println(GoodputGrid.table("quota", results, GoodputPoint::law));
    System.out.println(GoodputGrid.table("latency in s", results, GoodputPoint::latency));
    System.out.println(GoodputGrid.table("fleet", results, GoodputPoint::fleet));
    System.out.println(
        GoodputGrid.table(
            "charge", results, point -> point.tokensBind() ? point.charge() : "requests bind"));
  }

  /**
   * @param relativeCalls the lowest value of any point
   * @param time the highest relative time
   * @param throttled the most 429s of a run; 0 for none
   * @param duringRetryAfter the most calls before Retry-After
   */
  @ParameterizedTest
  @CsvSource({
    // source, quota, relative calls, relative time, 429s, before Retry-After
    "ADVERTISED, BUCKET_1S, 0.53, 1.61, 3, 0",
    "ADVERTISED, BUCKET_6S, 0.61, 1.42, 5, 0",
    "ADVERTISED, BUCKET_60S, 0.70, 1.42, 0, 0",
    "ADVERTISED, WINDOW_1S, 0.40, 2.28, 10, 2",
    "ADVERTISED, WINDOW_10S, 0.62, 1.43, 8, 3",
    "ADVERTISED, WINDOW_60S, 0.89, 1.11, 20, 3",
    "CONFIGURED, BUCKET_1S, 0.58, 1.78, 6, 1",
    "CONFIGURED, BUCKET_6S, 0.68, 1.53, 0, 0",
    "CONFIGURED, BUCKET_60S, 0.51, 12.13, 0, 0",
    "CONFIGURED, WINDOW_1S, 0.49, 2.07, 11, 1",
    "CONFIGURED, WINDOW_10S, 0.73, 1.46, 1, 1",
    "CONFIGURED, WINDOW_60S, 0.84, 1.26, 0, 0",
    "INFERRED, BUCKET_1S, 0.25, 4.08, 23, 5",
    "INFERRED, BUCKET_6S, 0.35, 2.59, 54, 11",
    "INFERRED, BUCKET_60S, 0.49, 2.50, 272, 25",
    "INFERRED, WINDOW_1S, 0.18, 5.67, 20, 6",
    "INFERRED, WINDOW_10S, 0.35, 2.38, 64, 5",
    "INFERRED, WINDOW_60S, 0.77, 1.41, 74, 6",
  })
  void theWorstPointOfEachGroupIsNotWorse(
      LimitSource source,
      VirtualQuota.Law law,
      double relativeCalls,
      double time,
      int throttled,
      int duringRetryAfter) {
    assumeTrue(IS_DEFAULT, "the bounds are those of the default run");

    assertThat(results.stream().filter(result -> isIn(result, source, law)))
        .isNotEmpty()
        .allSatisfy(
            result -> {
              assertThat(result.relativeCalls()).isGreaterThanOrEqualTo(relativeCalls);
              assertThat(result.relativeTime()).isLessThanOrEqualTo(time);
              assertThat(result.throttled()).isLessThanOrEqualTo(throttled);
              assertThat(result.duringRetryAfter()).isLessThanOrEqualTo(duringRetryAfter);
            });
  }

  private static boolean isIn(Result result, LimitSource source, VirtualQuota.Law law) {
    return result.point().source() == source && result.point().law() == law;
  }
}
