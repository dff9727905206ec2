package dev.sluice.bench.system;

import dev.sluice.testkit.process.CloseableStack;
import java.time.Duration;
import java.util.List;

/** A system under test: its workers process the tasks with one shared API key. */
public interface SystemUnderTest {
  int WORKERS = 4;

  /** Name in the report. */
  String name();

  /** Whether it uses Redis, so that a case can kill Redis. */
  boolean usesRedis();

  /**
   * Starts the processes and returns when they wait for tasks.
   *
   * @param open receives the resources that the caller closes
   */
  Running start(BenchmarkInput benchmarkInput, CloseableStack open);

  /** Sluice first, then the baselines. */
  static List<SystemUnderTest> all(boolean sluiceSharesInRedis) {
    return List.of(
        new SluiceSystem(sluiceSharesInRedis), new BullMqSystem(), new SpringAmqpSystem());
  }

  /** A started system. */
  interface Running {
    /** Submits the tasks and waits for their results, at most for this time. */
    RunResult work(Duration timeout);

    /** {@code kill -9} of one worker process. */
    void killWorker();
  }

  /**
   * Result of a run.
   *
   * @param answered tasks with a successful reply
   * @param failed tasks that failed
   * @param elapsed time from the submission to the last result
   */
  record RunResult(int answered, int failed, Duration elapsed) {}
}
