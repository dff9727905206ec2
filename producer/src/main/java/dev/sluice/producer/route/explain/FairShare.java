package dev.sluice.producer.route.explain;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Estimates when a batch finishes that shares a route with others: projects share it equally, and
 * the batches of a project by priority.
 */
final class FairShare {
  private FairShare() {}

  /**
   * Returns the estimate in minutes.
   *
   * @param own the batch; an element of {@code all}
   * @param tasksPerMinute rate of the route for all batches
   */
  static double minutes(BatchBacklog own, List<BatchBacklog> all, double tasksPerMinute) {
    double virtualTime = (double) own.unfinished() / own.priority();
    double ofProject = 0;
    Map<String, Double> others = new HashMap<>();
    for (BatchBacklog batch : all) {
      if (batch.project().equals(own.project())) {
        ofProject += Math.min((double) batch.unfinished(), virtualTime * batch.priority());
      } else {
        others.merge(batch.project(), (double) batch.unfinished(), Double::sum);
      }
    }
    double tasksDone = ofProject;
    for (double unfinished : others.values()) {
      tasksDone += Math.min(unfinished, ofProject);
    }
    return tasksDone / tasksPerMinute;
  }
}
