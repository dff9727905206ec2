package dev.sluice.producer.dispatch;

import dev.sluice.producer.store.Publications;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns the tasks of one route to PostgreSQL whose publication was not confirmed, once they have
 * left the queue without an outcome. Any producer finds them.
 */
final class LostPublications {
  private static final Logger LOG = LoggerFactory.getLogger(LostPublications.class);

  private final String route;
  private final Publications publications;
  private final TaskPublisher publisher;
  private final UnconfirmedPublications unconfirmedPublications;

  LostPublications(
      String route,
      Publications publications,
      TaskPublisher publisher,
      UnconfirmedPublications unconfirmedPublications) {
    this.route = route;
    this.publications = publications;
    this.publisher = publisher;
    this.unconfirmedPublications = unconfirmedPublications;
  }

  /**
   * Requeues the lost tasks.
   *
   * @param ready tasks in the route's queue
   */
  void requeue(Publications.DispatchCounters counters, long ready) {
    publications.deleteEnded(route);
    List<Publications.Publication> unconfirmed = publications.unconfirmed(route);
    if (unconfirmedPublications.isNew(unconfirmed) && !publisher.acceptsPublishes()) {
      return; // tasks of a blocked connection may still arrive
    }
    unconfirmedPublications
        .lost(unconfirmed, counters, ready, System.nanoTime())
        .forEach(this::requeue);
  }

  private void requeue(Publications.Publication lost) {
    int requeued = publications.requeue(lost);
    if (requeued > 0) {
      LOG.atWarn()
          .addKeyValue("route", route)
          .log(
              "Route {}: the broker did not confirm {} tasks, and they have no outcome {} s after they left the queue; they are published again",
              route,
              requeued,
              unconfirmedPublications.outcomeTime().toSeconds());
    }
  }
}
