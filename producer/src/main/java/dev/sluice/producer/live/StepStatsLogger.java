package dev.sluice.producer.live;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Says once a minute in the log what the steps did that made calls in it. */
@Component
class StepStatsLogger implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(StepStatsLogger.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final StepStats stepStats;
  private final Map<String, StepStats.Row> before = new HashMap<>();
  private volatile @Nullable Thread saying;

  StepStatsLogger(StepStats stepStats) {
    this.stepStats = stepStats;
  }

  @Override
  public void start() {
    saying = Thread.ofVirtual().name("step-log").start(this::sayEveryMinute);
  }

  @Override
  public void stop() {
    Thread thread = saying;
    if (thread != null) {
      thread.interrupt();
    }
    saying = null;
  }

  @Override
  public boolean isRunning() {
    return saying != null;
  }

  private void sayEveryMinute() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        say();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void say() {
    for (StepStats.Row row : stepStats.rows()) {
      StepStats.Row last = before.put(row.project() + " " + row.route() + " " + row.step(), row);
      long calls = row.calls() - (last == null ? 0 : last.calls());
      if (calls > 0) {
        LOG.atInfo()
            .addKeyValue("route", row.route())
            .addKeyValue("step", row.step())
            .log(
                "Live calls of step {} on route {}: {} in the last minute, {} in hand; since the start {} ms of waiting on average, {} at most, {} rate limits absorbed",
                row.step(),
                row.route(),
                calls,
                row.inHand(),
                row.waitMs(),
                row.longestWaitMs(),
                row.absorbed());
      }
    }
  }
}
