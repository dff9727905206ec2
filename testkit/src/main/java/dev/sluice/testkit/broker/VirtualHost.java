package dev.sluice.testkit.broker;

import java.util.Optional;

/** A virtual host on a broker that several tests share. */
public record VirtualHost(Broker broker, String name, String url) {

  /** Creates an empty virtual host. Empty outside of {@code ./sluice test}. */
  public static Optional<VirtualHost> createForBuild() {
    return Broker.ofBuild().map(Broker::createVirtualHost);
  }

  /** Deletes the virtual host in the background, so that the next test does not wait. */
  public void remove() {
    broker.removeInBackground(this);
  }
}
