package dev.sluice.producer.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Estimates when a batch that shares a route with others finishes, weighted by priority. */
final class FairShare {
  private FairShare() {}

  /**
   * Returns the estimate in minutes.
   *
   * @param own the batch; an element of {@code all}
   * @param tasksPerMinute rate of the route for all batches
   */
  static double minutes(BatchBacklog own, List<BatchBacklog> all, double tasksPerMinute) {
    List<BatchBacklog> byFinish = new ArrayList<>(all);
    byFinish.sort(Comparator.comparingDouble(FairShare::finishTime));
    double weight = byFinish.stream().mapToDouble(BatchBacklog::priority).sum();
    double virtualTime = 0;
    double tasksDone = 0;
    for (BatchBacklog next : byFinish) {
      tasksDone += (finishTime(next) - virtualTime) * weight;
      virtualTime = finishTime(next);
      if (next.equals(own)) {
        break;
      }
      weight -= next.priority();
    }
    return tasksDone / tasksPerMinute;
  }

  /** Virtual finish time: the batch with the fewest unfinished tasks per weight finishes first. */
  private static double finishTime(BatchBacklog backlog) {
    return (double) backlog.unfinished() / backlog.priority();
  }
}
