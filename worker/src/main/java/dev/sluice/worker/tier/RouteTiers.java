package dev.sluice.worker.tier;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.classify.TaskOutcome;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the service tier of each call of one route.
 *
 * <pre>
 *   a task is sent at the standard tier if                        otherwise at the flex tier, if
 *   a caller waits for it                                         its batch or the route
 *   its endpoint has no tiers, or its request names a tier        requests it
 *   its model has no flex tier
 *   its deadline is near              tier-fallback.before-deadline
 *   it was refused too often          tier-fallback.after-refusals
 * </pre>
 *
 * <p>It remembers which models have no flex tier, so that one call shows it and not each.
 * Thread-safe.
 */
public final class RouteTiers {
  private static final Logger log = LoggerFactory.getLogger(RouteTiers.class);

  /** A provider may introduce the tier for a model later. */
  private static final Duration MEMORY = Duration.ofHours(24);

  private static final int MAX_MODELS = 100;
  private static final int RECENT_CALLS = 100;

  private final String route;
  private final ServiceTier routeTier;
  private final RouteSettings.TierFallback fallback;

  /** When the provider said that a model has no flex tier. Guarded by this. */
  private final Map<String, Instant> modelsWithoutFlex = new TreeMap<>();

  /** The last flex calls, oldest first. Guarded by this. */
  private final Deque<FlexCall> recent = new ArrayDeque<>();

  /**
   * A finished call.
   *
   * @param batch empty for a task without a batch
   */
  private record FlexCall(String batch, boolean isRefused) {}

  public RouteTiers(RouteSettings route) {
    this.route = route.name();
    this.routeTier = route.tier();
    this.fallback = route.tierFallback();
  }

  /** The tier of the task's next call. */
  public ServiceTier choose(TaskMessage task, Instant now) {
    return requestsFlex(task) && !isFallbackDue(task, now) && modelHasFlex(task, now)
        ? ServiceTier.FLEX
        : ServiceTier.STANDARD;
  }

  private boolean requestsFlex(TaskMessage task) {
    ServiceTier requested = task.tier().requested();
    return (requested == null ? routeTier : requested) == ServiceTier.FLEX
        && task.ids().lane() == Lane.BATCH
        && task.replyTo() == null;
  }

  private boolean isFallbackDue(TaskMessage task, Instant now) {
    Instant deadline = task.deadline();
    boolean isRefusedTooOften =
        fallback.afterRefusals() > 0 && task.tier().refusals() >= fallback.afterRefusals();
    return isRefusedTooOften
        || (deadline != null
            && fallback.beforeDeadline().isPositive()
            && !now.isBefore(deadline.minus(fallback.beforeDeadline())));
  }

  private boolean modelHasFlex(TaskMessage task, Instant now) {
    return FlexRequest.model(task).filter(model -> !isWithoutFlex(model, now)).isPresent();
  }

  private synchronized boolean isWithoutFlex(String model, Instant now) {
    modelsWithoutFlex.values().removeIf(since -> since.plus(MEMORY).isBefore(now));
    return modelsWithoutFlex.containsKey(model);
  }

  /**
   * The task with the request to send at a tier.
   *
   * @param provider the URL of the provider that it is sent to
   */
  public static TaskMessage withRequest(TaskMessage task, ServiceTier tier, URI provider) {
    return switch (tier) {
      case STANDARD -> task;
      case FLEX -> FlexRequest.of(task, FlexRequest.isVertex(provider));
    };
  }

  /** A call at the flex tier has finished. */
  public void onFlexCallFinished(TaskMessage task, TaskOutcome outcome, Instant now) {
    switch (outcome) {
      case TaskOutcome.NoCapacity refused -> addCall(task, true);
      case TaskOutcome.NoTier none ->
          FlexRequest.model(task).ifPresent(model -> addModelWithoutFlex(model, now));
      default -> addCall(task, false);
    }
  }

  private synchronized void addCall(TaskMessage task, boolean isRefused) {
    if (recent.size() >= RECENT_CALLS) {
      recent.removeFirst();
    }
    recent.addLast(new FlexCall(Objects.requireNonNullElse(task.ids().batchId(), ""), isRefused));
  }

  private synchronized void addModelWithoutFlex(String model, Instant now) {
    if (modelsWithoutFlex.size() < MAX_MODELS && modelsWithoutFlex.put(model, now) == null) {
      log.warn(
          "Model {} of route {} has no flex tier: its tasks are sent at the standard tier",
          model,
          route);
    }
  }

  /** What this worker knows of the flex tier. */
  public synchronized TierStatus status() {
    return new TierStatus(
        recent.size(),
        (int) recent.stream().filter(FlexCall::isRefused).count(),
        modelsWithoutFlex.keySet().stream().toList(),
        refusedBatches());
  }

  private List<String> refusedBatches() {
    Map<String, Integer> balances = new TreeMap<>();
    for (FlexCall call : recent) {
      balances.merge(call.batch(), call.isRefused() ? 1 : -1, Integer::sum);
    }
    return balances.entrySet().stream()
        .filter(balance -> balance.getValue() > 0 && !balance.getKey().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }
}
