package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.VirtualCase.Result;
import dev.sluice.worker.limit.rate.LimitSource;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Single cases of goodput, in virtual time: each with six random workloads that start at different
 * times of a window. The worst counts. The output of the test is a report.
 */
class VirtualCasesTest {
  private static final int RUNS = 6;
  private static final long FIRST_START = 400_000_000;
  private static final long NEXT_START = 1_370_000_000;

  private static final StringBuilder TABLE =
      new StringBuilder(
          """
          | case | limits | rate / limit: worst | best | seconds: worst | best | 429s | in flight at the first | \
          before Retry-After | of these, known to all workers |
          |---|---|--:|--:|--:|--:|--:|--:|--:|--:|
          """);

  @AfterAll
  static void report() {
    System.out.println(TABLE);
  }

  @Test
  void requestsBind() {
    List<Result> runs = run(bucket("requests bind", VirtualQuota.Law.BUCKET_1S, 1_200, 600));

    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.relativeRate()).isGreaterThan(0.975);
              assertThat(run.throttled()).isZero();
            });
    assertThat(average(runs)).isGreaterThan(0.985);
  }

  @Test
  void tokensBind() {
    List<Result> runs =
        run(
            new VirtualCase(
                "tokens bind",
                LimitSource.ADVERTISED,
                VirtualQuota.Law.BUCKET_1S,
                4_000,
                240_000,
                600,
                0,
                0));

    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.relativeRate()).isGreaterThan(0.975);
              assertThat(run.throttled()).isZero();
            });
    assertThat(average(runs)).isGreaterThan(0.985);
  }

  @Test
  void theLimitIsHalvedWithoutNotice() {
    List<Result> runs =
        run(
            new VirtualCase(
                "halved after 15 s",
                LimitSource.ADVERTISED,
                VirtualQuota.Law.BUCKET_1S,
                1_200,
                1_200_000,
                600,
                15,
                0));

    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.relativeRate()).isGreaterThan(0.985);
              assertThat(run.throttled()).isLessThanOrEqualTo(3);
              assertThat(run.afterMessage()).isZero();
            });
  }

  @Test
  void aDeepBucketIsSpentAndThenUsedAtItsRefill() {
    assertThat(run(bucket("deep bucket", VirtualQuota.Law.BUCKET_60S, 1_200, 2_000)))
        .allSatisfy(
            run -> {
              assertThat(run.seconds() - run.ideal()).isLessThan(2.5);
              assertThat(run.throttled()).isZero();
            });
  }

  @Test
  void aWindowIsUsedToItsEnd() {
    List<Result> runs = run(bucket("window of 10 s", VirtualQuota.Law.WINDOW_10S, 1_200, 600));

    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.throttled()).isLessThanOrEqualTo(5);
              assertThat(run.afterMessage()).isZero();
            });
    assertThat(runs.subList(0, 4)) // the window becomes known before its end
        .allSatisfy(run -> assertThat(run.seconds() - run.ideal()).isLessThan(1));
  }

  @Test
  void single429sAlthoughQuotaRemainsDelayTheirTasksOnly() {
    VirtualCase without = bucket("without stray 429s", VirtualQuota.Law.BUCKET_60S, 600, 700);
    VirtualCase with =
        new VirtualCase(
            "2 % stray 429s",
            without.source(),
            without.law(),
            without.requestsPerMinute(),
            without.tokensPerMinute(),
            without.calls(),
            0,
            0.02);
    List<Result> undisturbed = run(without);
    List<Result> disturbed = run(with);

    for (int i = 0; i < RUNS; i++) {
      assertThat(disturbed.get(i).seconds()).isLessThan(1.1 * undisturbed.get(i).seconds());
    }
  }

  private static VirtualCase bucket(
      String name, VirtualQuota.Law law, int requestsPerMinute, int calls) {
    return new VirtualCase(
        name,
        LimitSource.ADVERTISED,
        law,
        requestsPerMinute,
        1_000.0 * requestsPerMinute,
        calls,
        0,
        0);
  }

  private static List<Result> run(VirtualCase one) {
    List<Result> runs =
        LongStream.range(0, RUNS)
            .mapToObj(i -> one.run(FIRST_START + i * NEXT_START, i + 1, line -> {}))
            .toList();
    TABLE.append(
        "| %s | %s | %.3f | %.3f | %.1f | %.1f | %d | %d | %d | %d |%n"
            .formatted(
                one.name(),
                one.source().wireName(),
                runs.stream().mapToDouble(Result::relativeRate).min().orElseThrow(),
                runs.stream().mapToDouble(Result::relativeRate).max().orElseThrow(),
                runs.stream().mapToDouble(Result::seconds).max().orElseThrow(),
                runs.stream().mapToDouble(Result::seconds).min().orElseThrow(),
                runs.stream().mapToInt(Result::throttled).max().orElseThrow(),
                runs.stream().mapToInt(Result::inFlight).max().orElseThrow(),
                runs.stream().mapToInt(Result::duringRetryAfter).max().orElseThrow(),
                runs.stream().mapToInt(Result::afterMessage).max().orElseThrow()));
    return runs;
  }

  private static double average(List<Result> runs) {
    return runs.stream().mapToDouble(Result::relativeRate).average().orElseThrow();
  }
}
