package dev.sluice.common.live;

import org.springframework.amqp.core.Base64UrlNamingStrategy;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;

/** The queue on which one process hears words about live tasks. */
public final class LiveQueues {
  private LiveQueues() {}

  /** A queue of one process, gone with its connection, reached by its name alone. */
  public static Declarables own() {
    String name = new Base64UrlNamingStrategy("sluice.live.").generateName();
    return new Declarables(new Queue(name, false, true, true));
  }
}
