package dev.sluice.producer.overview;

import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.batch.cost.LiveCosts;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The costs of live calls, read at most every 5 s; the last known ones while that fails. */
@Component
class NewestLiveCosts {
  private static final Logger LOG = LoggerFactory.getLogger(NewestLiveCosts.class);
  private static final long MAX_AGE_NANOS = Duration.ofSeconds(5).toNanos();

  private final LiveCosts liveCosts;
  private List<LiveCosts.LiveCost> known = List.of();
  private long readAt = System.nanoTime() - MAX_AGE_NANOS;

  NewestLiveCosts(LiveCosts liveCosts) {
    this.liveCosts = liveCosts;
  }

  synchronized List<LiveCosts.LiveCost> of(ProjectScope scope) {
    if (System.nanoTime() - readAt >= MAX_AGE_NANOS) {
      readAt = System.nanoTime();
      try {
        known = liveCosts.ofThisMonth(ProjectScope.ALL);
      } catch (DataAccessException unavailable) {
        LOG.debug("Cannot read the costs of live calls: {}", unavailable.getMessage());
      }
    }
    return known.stream().filter(cost -> scope.includes(cost.project())).toList();
  }
}
