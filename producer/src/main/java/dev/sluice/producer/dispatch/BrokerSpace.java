package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.RouteBacklogs;
import java.util.Set;
import java.util.UUID;

/**
 * The space for further tasks of a route in the broker.
 *
 * <p>The tasks of a held batch return from a delay again and again and do not leave the broker. So
 * they may use only half of the space while another batch has queued tasks.
 *
 * @param free the number of further tasks
 * @param skipped the batches whose tasks are not published now
 */
record BrokerSpace(int free, Set<UUID> skipped) {

  /**
   * The space while batches are held and others have queued tasks. Held batches that already have
   * more than half of the space count as half, and all batches together have at most twice the
   * maximum.
   *
   * @param max maximum tasks of the route in the broker
   * @param inBroker tasks of all batches
   * @param heldInBroker tasks of the held batches
   */
  static BrokerSpace shared(int max, int inBroker, int heldInBroker, Set<UUID> held) {
    int maxHeld = max / 2;
    int counted = inBroker - Math.max(0, heldInBroker - maxHeld);
    int free = Math.min(max - counted, 2 * max - inBroker);
    return new BrokerSpace(free, heldInBroker >= maxHeld ? held : Set.of());
  }

  /**
   * The space of a route.
   *
   * @param held the held batches
   */
  static BrokerSpace of(RouteBacklogs.RouteBacklog backlog, int max, Set<UUID> held) {
    return !held.isEmpty() && backlog.othersReady()
        ? shared(max, backlog.inBroker(), backlog.heldInBroker(), held)
        : unshared(max, backlog.inBroker());
  }

  /** The space if no batch is held, or only held batches have queued tasks. */
  static BrokerSpace unshared(int max, int inBroker) {
    return new BrokerSpace(max - inBroker, Set.of());
  }
}
