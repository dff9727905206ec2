package dev.sluice.system.scale;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The arithmetic of KEDA, between none and one, and of the HorizontalPodAutoscaler that it makes,
 * from one on: for an external metric whose target is an average for each pod.
 *
 * <p>Up at once, at most to the double or by four; down to the highest number that was recommended
 * within the stabilization window; to none when the metric was not above 0 for the cooldown period.
 */
final class Autoscaler {
  private static final double TOLERANCE = 0.1;
  private static final int MOST_MORE = 4;

  private final Rules rules;
  private final Deque<Recommendation> recommendations = new ArrayDeque<>();
  private long activeAt;

  /**
   * What is set.
   *
   * @param most maxReplicaCount; the least is none
   * @param target what one pod is for, in units of the metric
   * @param cooldown cooldownPeriod
   * @param stabilization stabilizationWindowSeconds of scaleDown
   */
  record Rules(int most, double target, Duration cooldown, Duration stabilization) {}

  private record Recommendation(long at, int pods) {}

  Autoscaler(Rules rules, long nanoTime) {
    this.rules = rules;
    this.activeAt = nanoTime;
  }

  /**
   * How many pods there should be.
   *
   * @param metric as it is now
   * @param pods how many there are
   * @param nanoTime of a steady clock
   */
  int pods(double metric, int pods, long nanoTime) {
    if (metric > 0) {
      activeAt = nanoTime;
    }
    if (pods == 0) {
      recommendations.clear();
      return metric > 0 ? 1 : 0;
    }
    if (nanoTime - activeAt >= rules.cooldown().toNanos()) {
      return 0;
    }
    return stabilized(recommended(metric, pods), pods, nanoTime);
  }

  private int recommended(double metric, int pods) {
    double ratio = metric / (rules.target() * pods);
    int wanted = Math.abs(ratio - 1) <= TOLERANCE ? pods : (int) Math.ceil(metric / rules.target());
    int fastest = Math.max(2 * pods, pods + MOST_MORE);
    return Math.clamp(wanted, 1, Math.min(rules.most(), fastest));
  }

  private int stabilized(int recommended, int pods, long nanoTime) {
    recommendations.addLast(new Recommendation(nanoTime, recommended));
    while (nanoTime - recommendations.getFirst().at() > rules.stabilization().toNanos()) {
      recommendations.removeFirst();
    }
    int highest = recommendations.stream().mapToInt(Recommendation::pods).max().orElse(recommended);
    return Math.max(recommended, Math.min(highest, pods));
  }
}
