package dev.sluice.producer.route.explain;

import dev.sluice.api.batch.StopReason;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.route.WaitReason;
import dev.sluice.producer.infrastructure.loop.LoopNames;
import dev.sluice.producer.route.report.BindingLimit;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.PauseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Explains why a batch or a task is not finished, from a snapshot of routes and batches; performs
 * no I/O.
 *
 * @param routes current status by route name
 * @param backlogs the unfinished batches of all projects
 * @param stalled the background loops that make no progress, with the time since the last progress
 */
public record WaitExplainer(
    Map<String, RouteStatus> routes, List<BatchBacklog> backlogs, Map<String, Duration> stalled) {

  /** Explains why a batch is not finished. */
  public WaitReason of(Batch batch) {
    return neededLoops(batch)
        .filter(stalled::containsKey)
        .findFirst()
        .map(this::stalled)
        .orElseGet(() -> byStatus(batch));
  }

  /** The background loops that the next step of the batch depends on. */
  private Stream<String> neededLoops(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> Stream.of(LoopNames.VALIDATION);
      case CANCELLING -> Stream.of(LoopNames.TERMINATOR, LoopNames.COLLECTOR);
      case FINALIZING -> Stream.of(LoopNames.FINALIZER);
      case IN_PROGRESS ->
          Stream.concat(
              Stream.of(LoopNames.COLLECTOR),
              batch.times().paused() == null
                  ? backlogs.stream()
                      .filter(backlog -> isOf(backlog, batch) && backlog.unfinished() > 0)
                      .map(backlog -> LoopNames.dispatch(backlog.route()))
                  : Stream.of());
      case FAILED, COMPLETED, EXPIRED, CANCELLED -> Stream.of();
    };
  }

  private WaitReason stalled(String loop) {
    return WaitReason.of(
        "stalled",
        "The producer's background loop '%s' has made no progress for %s. See its log for the cause. It is safe to restart the producer."
            .formatted(loop, ReadableNumbers.duration(Objects.requireNonNull(stalled.get(loop)))));
  }

  private WaitReason byStatus(Batch batch) {
    return switch (batch.status()) {
      case VALIDATING -> WaitReason.of("validating", "Validating the input file.");
      case FAILED -> WaitReason.of("finished", "Not waiting; the input file has errors.");
      case FINALIZING ->
          WaitReason.of(
              "finalizing", "All tasks have finished; computing the sizes of the result files.");
      case COMPLETED, EXPIRED, CANCELLED ->
          WaitReason.of("finished", "Not waiting; the batch has finished.");
      case CANCELLING ->
          WaitReason.of("cancelling", "Cancelling; running calls finish, no new call starts.");
      case IN_PROGRESS -> batch.times().paused() == null ? running(batch) : paused(batch);
    };
  }

  /**
   * Explains why a task is not finished.
   *
   * @param state the state in the API
   * @param before tasks of its batch that are dispatched before it; used only if it is queued
   */
  public WaitReason ofTask(Batch batch, String route, String state, long before) {
    if (!state.equals("queued") && !state.equals("in_broker")) {
      return WaitReason.of("finished", "Not waiting; the task has finished.");
    }
    WaitReason waitReason = of(batch);
    if (waitReason.route() == null) {
      return waitReason;
    }
    Optional<BatchBacklog> own =
        backlogs.stream()
            .filter(backlog -> isOf(backlog, batch) && backlog.route().equals(route))
            .findAny();
    if (state.equals("in_broker") || own.isEmpty()) {
      return inBroker(waitReason.kind(), batch, route);
    }
    BatchBacklog backlog = own.get();
    BatchBacklog beforeTask =
        new BatchBacklog(
            backlog.batch(),
            backlog.project(),
            route,
            before,
            backlog.inBroker(),
            backlog.blocked(),
            backlog.priority(),
            backlog.running());
    return waitOnRoute(beforeTask, tasksAhead(before));
  }

  private WaitReason inBroker(String kind, Batch batch, String name) {
    RouteStatus route = routes.get(name);
    RouteStatus.Hold hold = route == null ? null : route.hold();
    String sentence = "In the broker or with a worker of route %s".formatted(name);
    if (hold != null && HoldSentence.appliesTo(hold, batch.id())) {
      sentence += ". " + HoldSentence.of(name, hold);
    } else if (route != null && route.workers() == 0) {
      sentence = "In the broker. No workers connected for route %s.".formatted(name);
    } else {
      sentence += route == null ? "." : limitOfRoute(route);
    }
    return WaitReason.of(kind, sentence, name, null);
  }

  private static String limitOfRoute(RouteStatus route) {
    return BindingLimit.of(route)
        .map(limit -> ", which is limited by %s.".formatted(limit(route, limit)))
        .orElse(".");
  }

  private static String tasksAhead(long before) {
    return before == 0
        ? "This task: the next of its batch"
        : "This task: %s of its batch %s ahead of it"
            .formatted(ReadableNumbers.tasks(before), before == 1 ? "is" : "are");
  }

  private static WaitReason paused(Batch batch) {
    Instant since = Objects.requireNonNull(batch.times().paused());
    return switch (Objects.requireNonNullElse(batch.pausedBy(), PauseReason.MANUAL)) {
      case BUDGET ->
          WaitReason.of(
              "budget",
              "Paused since %s: the budget of $%s is spent. Raise the budget to resume."
                  .formatted(ReadableNumbers.time(since), ReadableNumbers.dollars(batch.budget())));
      case PROJECT_BUDGET ->
          WaitReason.of(
              "budget",
              "Paused since %s: the project's budget for this month is spent. Raise the budget to resume."
                  .formatted(ReadableNumbers.time(since)));
      case STOP_AFTER -> WaitReason.of("stopped", stopped(since, batch.stopReason()));
      case MANUAL ->
          WaitReason.of(
              "paused",
              "Paused manually since %s. Resume the batch to continue."
                  .formatted(ReadableNumbers.time(since)));
    };
  }

  private static String stopped(Instant since, @Nullable StopReason reason) {
    String cause =
        reason == null
            ? "too many tasks failed"
            : "%d of the first %d tasks failed, most with %s: %s"
                .formatted(reason.failed(), reason.finished(), reason.code(), reason.message());
    return "Paused since %s: %s%s Fix the cause, then resume or cancel the batch."
        .formatted(ReadableNumbers.time(since), cause, cause.endsWith(".") ? "" : ".");
  }

  /** The route that finishes last determines the reason. */
  private WaitReason running(Batch batch) {
    List<WaitReason> reasons =
        backlogs.stream()
            .filter(backlog -> isOf(backlog, batch) && backlog.unfinished() > 0)
            .map(
                backlog ->
                    waitOnRoute(
                        backlog,
                        "This batch: " + ReadableNumbers.unfinishedTasks(backlog.unfinished())))
            .sorted(
                Comparator.comparing(
                    waitReason ->
                        waitReason.secondsLeft() == null
                            ? Long.MAX_VALUE
                            : waitReason.secondsLeft(),
                    Comparator.reverseOrder()))
            .toList();
    if (reasons.isEmpty()) {
      return WaitReason.of("unknown", "Storing the last results.");
    }
    WaitReason reason = reasons.getFirst();
    return new WaitReason(
        reason.kind(),
        reason.sentence() + TierNote.of(batch, reason.route(), routes),
        reason.route(),
        reason.secondsLeft());
  }

  /**
   * Explains what tasks of a route wait for.
   *
   * @param subject the batch or task and its number of tasks, without a full stop
   */
  private WaitReason waitOnRoute(BatchBacklog own, String subject) {
    RouteStatus route = routes.get(own.route());
    if (route == null) {
      return WaitReason.of(
          "no_worker",
          "Route %s is no longer configured; its tasks wait until it is configured again. %s."
              .formatted(own.route(), subject),
          own.route(),
          null);
    }
    RouteStatus.Hold hold = route.hold();
    if (hold != null && HoldSentence.appliesTo(hold, own.batch())) {
      return WaitReason.of(
          "hold", HoldSentence.of(route.name(), hold) + " " + subject + ".", route.name(), null);
    }
    if (route.workers() == 0) {
      return WaitReason.of(
          "no_worker",
          "No workers connected for route %s; tasks wait until one starts. %s."
              .formatted(own.route(), subject),
          own.route(),
          null);
    }
    return BindingLimit.of(route)
        .map(bindingLimit -> limited(own, subject, route, bindingLimit))
        .orElseGet(
            () ->
                WaitReason.of(
                    "unknown",
                    "The rate of route %s is not known yet. %s.".formatted(own.route(), subject),
                    own.route(),
                    null));
  }

  private WaitReason limited(
      BatchBacklog own, String subject, RouteStatus route, BindingLimit bindingLimit) {
    List<BatchBacklog> all = new ArrayList<>(others(own));
    all.add(own);
    double minutes = FairShare.minutes(own, all, bindingLimit.tasksPerMinute());
    Duration remaining = Duration.ofMillis((long) Math.min(minutes * 60_000, 1e15));
    String sentence =
        "Limited by %s on route %s. Route: %s of %s, %s. %s, about %s left."
            .formatted(
                limit(route, bindingLimit),
                route.name(),
                ReadableNumbers.unfinishedTasks(
                    all.stream().mapToLong(BatchBacklog::unfinished).sum()),
                ReadableNumbers.runningBatches(all.size()),
                rate(bindingLimit),
                subject,
                ReadableNumbers.duration(remaining));
    return WaitReason.of(bindingLimit.kind(), sentence, route.name(), remaining);
  }

  /** The other batches that share the route. */
  private List<BatchBacklog> others(BatchBacklog own) {
    return backlogs.stream()
        .filter(backlog -> backlog.running() && backlog.unfinished() > 0)
        .filter(backlog -> backlog.route().equals(own.route()))
        .filter(backlog -> !backlog.batch().equals(own.batch()))
        .toList();
  }

  private static String rate(BindingLimit bindingLimit) {
    String tasks = ReadableNumbers.amount(bindingLimit.tasksPerMinute()) + " tasks/min";
    return bindingLimit.limit().endsWith("tokens")
        ? "%s (%s %s/min)"
            .formatted(
                tasks,
                ReadableNumbers.amount(bindingLimit.perMinute()),
                bindingLimit.limit().replace('_', ' '))
        : tasks;
  }

  private static String limit(RouteStatus route, BindingLimit bindingLimit) {
    return bindingLimit.isConcurrency()
        ? "concurrency (at most %d calls)".formatted(BindingLimit.maxCalls(route))
        : bindingLimit.limit().replace('_', ' ') + "/min";
  }

  private static boolean isOf(BatchBacklog backlog, Batch batch) {
    return backlog.batch().equals(batch.id());
  }
}
