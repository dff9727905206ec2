package dev.sluice.producer.live;

import dev.sluice.common.process.FatalErrors;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Logs once a minute the totals of the steps that made calls in that minute. */
@Component
class StepStatsLogger implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(StepStatsLogger.class);
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final StepStats stepStats;
  private final Map<String, StepStats.Row> previous = new HashMap<>();
  private volatile @Nullable Thread thread;

  StepStatsLogger(StepStats stepStats) {
    this.stepStats = stepStats;
  }

  @Override
  public void start() {
    thread = Thread.ofVirtual().name("step-log").start(this::logPeriodically);
  }

  @Override
  public void stop() {
    Thread current = thread;
    if (current != null) {
      current.interrupt();
    }
    thread = null;
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void logPeriodically() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        try {
          logRows();
        } catch (RuntimeException | Error bug) {
          FatalErrors.endProcessIfFatal(bug);
          LOG.error("Cannot log the totals of the steps; the next attempt follows", bug);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void logRows() {
    for (StepStats.Row row : stepStats.rows()) {
      StepStats.Row last = previous.put(row.project() + " " + row.route() + " " + row.step(), row);
      long calls = row.calls() - (last == null ? 0 : last.calls());
      if (calls > 0) {
        LOG.atInfo()
            .addKeyValue("route", row.route())
            .addKeyValue("step", row.step())
            .log(
                "Live calls of step {} on route {}: {} in the last minute, {} unfinished; since start: average wait {} ms, maximum wait {} ms, {} responses with 429",
                row.step(),
                row.route(),
                calls,
                row.unfinished(),
                row.avgWaitMs(),
                row.maxWaitMs(),
                row.throttles());
      }
    }
  }
}
