package dev.sluice.producer.overview;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.producer.access.ProjectScope;
import dev.sluice.producer.route.explain.WaitContextLoader;
import dev.sluice.producer.route.explain.WaitExplainer;
import dev.sluice.producer.store.BatchQueries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Reads the newest batches of each scope; loads what explains their waits once for all scopes. */
@Component
class NewestBatches {
  private static final int MAX_BATCHES = 50;

  private final WaitContextLoader waitContext;
  private final BatchQueries batches;
  private final BatchSummaries summaries;

  NewestBatches(WaitContextLoader waitContext, BatchQueries batches, BatchSummaries summaries) {
    this.waitContext = waitContext;
    this.batches = batches;
    this.summaries = summaries;
  }

  /** Returns an empty map while the database is unavailable; the system status has the failure. */
  Map<ProjectScope, List<BatchSummary>> of(Set<ProjectScope> scopes, List<RouteStatus> routes) {
    try {
      WaitExplainer explainer = waitContext.load(routes);
      Map<ProjectScope, List<BatchSummary>> byScope = new HashMap<>();
      for (ProjectScope scope : scopes) {
        byScope.put(scope, summaries.of(batches.list(scope, null, MAX_BATCHES), explainer));
      }
      return byScope;
    } catch (DataAccessException unavailable) {
      return Map.of();
    }
  }
}
