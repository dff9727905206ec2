package dev.sluice.producer.webhook;

import dev.sluice.producer.access.Project;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits the deliveries in flight of each webhook and each project, so that receivers which do not
 * respond leave slots for the others.
 */
final class DeliverySlots {
  /** Deliveries in flight of all projects. */
  static final int MAX_IN_FLIGHT = 128;

  private static final int MAX_PER_PROJECT = 8;
  private static final int MAX_PER_WEBHOOK = 2;

  private final Map<Project, Integer> byProject = new HashMap<>();
  private final Map<String, Integer> byWebhook = new HashMap<>();
  private int inFlight;

  /** Returns the webhooks in the order of their places: projects with few deliveries come first. */
  synchronized List<Webhooks.Due> roundRobin(List<Webhooks.Due> due) {
    Map<Project, Integer> places = new HashMap<>(byProject);
    return due.stream()
        .map(webhook -> new Place(webhook, places.merge(webhook.project(), 1, Integer::sum)))
        .sorted(Comparator.comparingInt(Place::number))
        .map(Place::webhook)
        .toList();
  }

  private record Place(Webhooks.Due webhook, int number) {}

  /** Takes a slot until {@link #release}; false if none is free. */
  synchronized boolean tryAcquire(Webhooks.Due due) {
    if (inFlight >= MAX_IN_FLIGHT
        || byProject.getOrDefault(due.project(), 0) >= MAX_PER_PROJECT
        || byWebhook.getOrDefault(due.webhook(), 0) >= MAX_PER_WEBHOOK) {
      return false;
    }
    inFlight++;
    byProject.merge(due.project(), 1, Integer::sum);
    byWebhook.merge(due.webhook(), 1, Integer::sum);
    return true;
  }

  synchronized void release(Webhooks.Due due) {
    inFlight--;
    decrement(byProject, due.project());
    decrement(byWebhook, due.webhook());
  }

  private static <K> void decrement(Map<K, Integer> counts, K key) {
    counts.computeIfPresent(key, (ignored, count) -> count == 1 ? null : count - 1);
  }
}
