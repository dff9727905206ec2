package dev.sluice.common.topology;

import dev.sluice.common.wire.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;

/**
 * Arbitrary message delays without a RabbitMQ plugin and without head-of-line blocking.
 *
 * <p>A delay is a number of 100 ms ticks, written as seven octal digits. Each digit 1-7 of each of
 * the seven levels has a queue with a fixed TTL of {@code digit x 8^level} ticks, so no message
 * waits behind one with a longer delay. A message enters at its highest non-zero digit. When its
 * TTL expires, the broker dead-letters it to the next level, where the next digit of the routing
 * key selects the queue; from level 0 it goes to the route's queue. A 25.3 s delay is 0000375:
 * three queues. All routes share the 49 queues; the range is 58 hours.
 */
public final class DelayLevels {
  /** Resolution; delays are rounded up to a multiple of it. */
  static final Duration TICK = Duration.ofMillis(100);

  /** Maximum delay, about 58 hours. */
  public static final Duration MAX = TICK.multipliedBy((1L << 21) - 1);

  private static final int LEVELS = 7;
  private static final int RADIX = 8;
  private static final String DELIVER = "sluice.delay.deliver";

  private DelayLevels() {}

  /**
   * Exchange and routing key that return a task to its route's queue after a delay.
   *
   * @param delay clamped to one tick - {@link #MAX}
   */
  public static DelayPath path(String route, Lane lane, Duration delay) {
    long ticks = Math.clamp(ceilDiv(delay, TICK), 1, MAX.dividedBy(TICK));
    StringBuilder key = new StringBuilder();
    int entry = 0;
    for (int level = LEVELS - 1; level >= 0; level--) {
      int digit = digit(ticks, level);
      key.append(digit).append('.');
      if (digit > 0) {
        entry = Math.max(entry, level);
      }
    }
    return new DelayPath(exchange(entry), key + QueueNames.taskKey(route, lane));
  }

  /**
   * The names of the delay queues, from the longest delay to the shortest: a task only moves to
   * later ones.
   */
  public static List<String> queueNames() {
    List<String> names = new ArrayList<>();
    for (int level = LEVELS - 1; level >= 0; level--) {
      for (int digit = RADIX - 1; digit > 0; digit--) {
        names.add(queueName(level, digit));
      }
    }
    return names;
  }

  /** The delay queues, shared by all routes. */
  static List<Declarable> declarables() {
    List<Declarable> all = new ArrayList<>();
    List<TopicExchange> exchanges =
        IntStream.range(0, LEVELS).mapToObj(level -> new TopicExchange(exchange(level))).toList();
    all.add(new TopicExchange(DELIVER));
    all.addAll(exchanges);
    for (int level = 0; level < LEVELS; level++) {
      String next = level == 0 ? DELIVER : exchange(level - 1);
      all.add(
          BindingBuilder.bind(new TopicExchange(next))
              .to(exchanges.get(level))
              .with(pattern(level, 0)));
      for (int digit = 1; digit < RADIX; digit++) {
        Queue queue = queue(level, digit, next);
        all.add(queue);
        all.add(BindingBuilder.bind(queue).to(exchanges.get(level)).with(pattern(level, digit)));
      }
    }
    return all;
  }

  /** The binding that returns delayed tasks to their route's queue. */
  static Binding deliverTo(Queue tasks, String route, Lane lane) {
    return BindingBuilder.bind(tasks)
        .to(new TopicExchange(DELIVER))
        .with("*.".repeat(LEVELS) + QueueNames.taskKey(route, lane));
  }

  private static Queue queue(int level, int digit, String next) {
    Duration ttl = TICK.multipliedBy(digit * (1L << (3 * level)));
    return QueueBuilder.durable(queueName(level, digit))
        .quorum()
        .ttl(Math.toIntExact(ttl.toMillis()))
        .deadLetterExchange(next)
        .withArgument("x-dead-letter-strategy", "at-least-once")
        .withArgument("x-overflow", "reject-publish")
        .deliveryLimit(SluiceTopology.NO_DELIVERY_LIMIT)
        .build();
  }

  /** Matches routing keys with this digit at this level; the highest level comes first. */
  private static String pattern(int level, int digit) {
    return "*.".repeat(LEVELS - 1 - level) + digit + ".#";
  }

  private static String queueName(int level, int digit) {
    return exchange(level) + "." + digit;
  }

  private static String exchange(int level) {
    return "sluice.delay." + level;
  }

  private static int digit(long ticks, int level) {
    return (int) (ticks >> (3 * level)) & (RADIX - 1);
  }

  private static long ceilDiv(Duration delay, Duration tick) {
    return delay.plus(tick).minusNanos(1).dividedBy(tick);
  }
}
