package dev.sluice.producer.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When a batch is done that shares a route with others, each by its priority. */
final class FairShare {
  private FairShare() {}

  /**
   * In minutes.
   *
   * @param own one of all
   * @param tasksPerMinute what the route does for all together
   */
  static double minutes(BatchShare own, List<BatchShare> all, double tasksPerMinute) {
    List<BatchShare> inOrder = new ArrayList<>(all);
    inOrder.sort(Comparator.comparingDouble(FairShare::turns));
    double weight = inOrder.stream().mapToDouble(BatchShare::priority).sum();
    double turnsDone = 0;
    double done = 0;
    for (BatchShare next : inOrder) {
      done += (turns(next) - turnsDone) * weight;
      turnsDone = turns(next);
      if (next.equals(own)) {
        break;
      }
      weight -= next.priority();
    }
    return done / tasksPerMinute;
  }

  /** Who has fewest of them left for its weight is done first. */
  private static double turns(BatchShare share) {
    return (double) share.left() / share.priority();
  }
}
