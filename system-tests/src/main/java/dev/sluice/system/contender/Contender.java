package dev.sluice.system.contender;

import dev.sluice.system.run.CloseableStack;
import java.time.Duration;
import java.util.List;

/** Something that works tasks off with several workers that share one API key. */
public interface Contender {
  int WORKERS = 4;

  /** As people know it. */
  String name();

  /** Whether it works with Redis, so that Redis can be taken from it. */
  boolean usesRedis();

  /**
   * Starts its processes; returns when they wait for work.
   *
   * @param open takes what is to be stopped
   */
  Running start(BenchmarkInput benchmarkInput, CloseableStack open);

  /** Sluice first, then those it is compared with. */
  static List<Contender> all(boolean sluiceSharesInRedis) {
    return List.of(
        new SluiceContender(sluiceSharesInRedis), new BullMqContender(), new SpringAmqpContender());
  }

  /** One that runs. */
  interface Running {
    /** Submits the tasks and waits for their results, but no longer than that. */
    RunResult work(Duration longest);

    /** {@code kill -9} of one worker process. */
    void killWorker();
  }

  /**
   * How it ended.
   *
   * @param answered tasks with a reply
   * @param failed tasks that were given up
   * @param elapsed from the submission to the last result
   */
  record RunResult(int answered, int failed, Duration elapsed) {}
}
