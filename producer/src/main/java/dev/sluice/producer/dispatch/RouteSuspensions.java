package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.RouteBacklogs;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Suspends the tasks of cancelled and paused batches of one route: notifies the workers, and
 * withdraws the tasks from the route's queue. Also notifies the workers of the projects that {@link
 * CrowdingProjects crowd} the route.
 */
final class RouteSuspensions {
  private static final Logger LOG = LoggerFactory.getLogger(RouteSuspensions.class);

  /** Delayed tasks return to the queue at any time; the next scan withdraws them. */
  private static final long SCAN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  /** A scan also republishes all other tasks, so scans that find nothing become less frequent. */
  private static final long MAX_SCAN_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long MESSAGE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final String route;
  private final RouteBacklogs backlogs;
  private final Publications publications;
  private final SuspensionPublisher publisher;
  private final QueueWithdrawal queueWithdrawal;
  private Map<UUID, RouteBacklogs.Suspension> announced = Map.of();
  private Set<String> announcedProjects = Set.of();
  private long announcedAt;
  private long nextScanAt;
  private long scanInterval = SCAN_INTERVAL_NANOS;

  RouteSuspensions(
      String route,
      RouteBacklogs backlogs,
      Publications publications,
      SuspensionPublisher publisher,
      QueueWithdrawal queueWithdrawal) {
    this.route = route;
    this.backlogs = backlogs;
    this.publications = publications;
    this.publisher = publisher;
    this.queueWithdrawal = queueWithdrawal;
  }

  /** Creates the suspensions of each route. */
  @Component
  record Factory(
      RouteBacklogs backlogs,
      Publications publications,
      SuspensionPublisher publisher,
      QueueWithdrawal queueWithdrawal) {
    RouteSuspensions of(String route) {
      return new RouteSuspensions(route, backlogs, publications, publisher, queueWithdrawal);
    }
  }

  /** Whether the workers know of a suspended batch or a crowding project. */
  boolean isAnnounced() {
    return !announced.isEmpty() || !announcedProjects.isEmpty();
  }

  /**
   * Notifies the workers every second, and scans the queue: immediately after a change, then every
   * second, and less often while a scan finds nothing to remove.
   */
  void apply(CrowdingProjects crowding) {
    Map<UUID, RouteBacklogs.Suspension> now = backlogs.suspendedBatches(route);
    Set<String> projects = crowding.delays().keySet();
    boolean changed = !now.equals(announced);
    boolean projectsChanged = !projects.equals(announcedProjects);
    long nanoTime = System.nanoTime();
    if (changed || projectsChanged || nanoTime - announcedAt >= MESSAGE_INTERVAL_NANOS) {
      publisher.publish(route, now, crowding);
      announced = now;
      announcedProjects = projects;
      announcedAt = nanoTime;
    }
    if (projectsChanged && !projects.isEmpty()) {
      LOG.atInfo()
          .addKeyValue("route", route)
          .log(
              "Route {}: the tasks of the projects {} are limited at the workers, because they crowd the route",
              route,
              projects);
    }
    if (changed) {
      scanInterval = SCAN_INTERVAL_NANOS;
    }
    if (!now.isEmpty() && (changed || nanoTime - nextScanAt >= 0)) {
      nextScanAt = nanoTime; // retries immediately if this scan fails
      publications.countScan(route);
      QueueWithdrawal.ScanResult scan =
          queueWithdrawal.withdraw(route, now, tasks -> publications.requeue(route, tasks));
      if (scan.sameOrder()) {
        publications.uncountScan(route);
      }
      scanInterval =
          scan.hasRemoved()
              ? SCAN_INTERVAL_NANOS
              : Math.min(2 * scanInterval, MAX_SCAN_INTERVAL_NANOS);
      nextScanAt = System.nanoTime() + (scan.complete() ? scanInterval : 0);
    }
  }

  /** Notifies the workers that nothing is suspended, so that they do not wait for the expiry. */
  void clear() {
    if (isAnnounced()) {
      publisher.publish(route, Map.of(), CrowdingProjects.NONE);
      announced = Map.of();
      announcedProjects = Set.of();
    }
  }
}
