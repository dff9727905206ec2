package dev.sluice.worker.fleet;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.HoldMessage;
import dev.sluice.common.fleet.LivePriorityMessage;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.fleet.SuspensionMessage;
import dev.sluice.common.fleet.TaskCancellationMessage;
import dev.sluice.common.fleet.TaskSearchMessage;
import dev.sluice.worker.limit.RouteOverride;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;

/** Applies the messages of peers and producers to this worker's limiters. */
final class FleetSubscriber {
  private static final Logger log = LoggerFactory.getLogger(FleetSubscriber.class);

  private final String worker;
  private final Map<String, LocalRoute> routes;
  private final SuspendedBatches suspended;
  private final Map<String, Consumer<Message>> handlers;

  /**
   * @param routes by the names of their routes
   * @param suspended receives the suspended batches
   * @param clock receives the producers' time
   * @param onSearch answers the search of a producer for lost tasks
   */
  FleetSubscriber(
      String worker,
      Map<String, LocalRoute> routes,
      SuspendedBatches suspended,
      FleetClock clock,
      Consumer<TaskSearchMessage> onSearch) {
    this.worker = worker;
    this.routes = routes;
    this.suspended = suspended;
    this.handlers =
        Map.of(
            FleetTopics.HOLD,
            message -> FleetCodec.hold(message).ifPresent(this::onHold),
            FleetTopics.LIVE_PRIORITY,
            message -> FleetCodec.livePriority(message).ifPresent(this::onLivePriority),
            FleetTopics.SUSPENSION,
            message -> FleetCodec.suspension(message).ifPresent(this::onSuspension),
            FleetTopics.TASK_CANCELLATION,
            message -> FleetCodec.taskCancellation(message).ifPresent(this::onTaskCancellation),
            FleetTopics.TASK_SEARCH,
            message -> FleetCodec.taskSearch(message).ifPresent(onSearch),
            FleetTopics.ROUTE_OVERRIDES,
            message -> {
              FleetCodec.sentAt(message).ifPresent(clock::onProducerTime);
              FleetCodec.routeOverrides(message).ifPresent(this::onRouteOverrides);
            });
  }

  void onMessage(Message message) {
    String key = message.getMessageProperties().getReceivedRoutingKey();
    Consumer<Message> handler = handlers.get(FleetTopics.topic(key));
    if (handler == null) {
      log.debug("Ignored a message with the unknown topic {}", key);
    } else {
      handler.accept(message);
    }
  }

  private void onHold(HoldMessage message) {
    MemberName name = MemberName.of(message.route());
    LocalRoute local = routes.get(name.route());
    if (local != null && !worker.equals(message.worker())) {
      HoldMapper.fromWire(message)
          .ifPresent(hold -> local.limiter().onPeerAnnouncement(name.member(), hold));
    }
  }

  private void onLivePriority(LivePriorityMessage priority) {
    MemberName name = MemberName.of(priority.route());
    LocalRoute local = routes.get(name.route());
    if (local != null
        && !worker.equals(priority.worker())
        && priority.inputTokens() >= 0
        && priority.outputTokens() >= 0) {
      local
          .limiter()
          .onLivePriority(
              name.member(), new TokenCost(priority.inputTokens(), priority.outputTokens()));
    }
  }

  private void onSuspension(SuspensionMessage suspension) {
    suspended.onSuspension(suspension);
    LocalRoute local = routes.get(suspension.route());
    if (local != null) {
      local.limiter().recheck();
    }
  }

  private void onTaskCancellation(TaskCancellationMessage cancellation) {
    suspended.onTaskCancellation(cancellation);
    routes.values().forEach(local -> local.limiter().recheck());
  }

  /** The message names all overrides: a route that it does not name has none. */
  private void onRouteOverrides(RouteOverridesMessage message) {
    Map<String, RouteOverride> overrides = new HashMap<>();
    message.routes().forEach(route -> overrides.put(route.route(), override(route)));
    routes.forEach(
        (route, local) ->
            local.limiter().applyOverride(overrides.getOrDefault(route, RouteOverride.NONE)));
  }

  private static RouteOverride override(RouteOverridesMessage.RouteOverride route) {
    Map<LimitKind, Long> limits = new EnumMap<>(LimitKind.class);
    route.limits().stream()
        .filter(limit -> limit.perMinute() > 0)
        .forEach(
            limit ->
                WireEnums.find(LimitKind.class, limit.limit())
                    .ifPresent(kind -> limits.put(kind, limit.perMinute())));
    return new RouteOverride(route.hold(), limits);
  }
}
