package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.TokenCost;

/** The other workers of a route. Announcements do not block and keep their order. */
public interface PeerWorkers {
  /** This worker has no peers. */
  PeerWorkers NONE =
      new PeerWorkers() {
        @Override
        public double limitFraction() {
          return 1;
        }

        @Override
        public void announce(HoldAnnouncement announcement) {
          // no receiver
        }

        @Override
        public void announceLivePriority(TokenCost cost) {
          // no receiver
        }
      };

  /** Returns this worker's consumers ÷ all consumers of the route, above 0 and up to 1. */
  double limitFraction();

  /**
   * Returns the same workers for one member of the route: what it announces concerns only this one.
   *
   * @param name qualified name of the member; the route's name for its only member
   */
  default PeerWorkers ofMember(String name) {
    return this;
  }

  /** Announces the start or the end of a hold. */
  void announce(HoldAnnouncement announcement);

  /**
   * Announces that a live call has priority over the peers' batch calls.
   *
   * @param cost the cost of which each peer is charged its fraction
   */
  void announceLivePriority(TokenCost cost);
}
