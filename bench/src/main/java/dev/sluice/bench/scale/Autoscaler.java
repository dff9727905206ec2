package dev.sluice.bench.scale;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The arithmetic of KEDA between zero pods and one, and of its HorizontalPodAutoscaler from one pod
 * on, for an external metric with an AverageValue target.
 *
 * <p>Scales up immediately, at most to double or by four pods. Scales down to the highest
 * recommendation within the stabilization window. Scales to zero when the metric was 0 for the
 * cooldown period.
 */
final class Autoscaler {
  private static final double TOLERANCE = 0.1;
  private static final int MAX_ADDED_PODS = 4;

  private final Rules rules;
  private final Deque<Recommendation> recommendations = new ArrayDeque<>();
  private long activeAt;

  /**
   * Settings of the ScaledObject.
   *
   * @param maxPods maxReplicaCount; the minimum is 0
   * @param target metric value per pod
   * @param cooldown cooldownPeriod
   * @param stabilization scaleDown.stabilizationWindowSeconds
   */
  record Rules(int maxPods, double target, Duration cooldown, Duration stabilization) {}

  private record Recommendation(long at, int pods) {}

  Autoscaler(Rules rules, long nanoTime) {
    this.rules = rules;
    this.activeAt = nanoTime;
  }

  /**
   * Calculates the number of pods.
   *
   * @param metric current value
   * @param pods current number of pods
   * @param nanoTime time of a monotonic clock, in nanoseconds
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
    int desired =
        Math.abs(ratio - 1) <= TOLERANCE ? pods : (int) Math.ceil(metric / rules.target());
    int maxStep = Math.max(2 * pods, pods + MAX_ADDED_PODS);
    return Math.clamp(desired, 1, Math.min(rules.maxPods(), maxStep));
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
