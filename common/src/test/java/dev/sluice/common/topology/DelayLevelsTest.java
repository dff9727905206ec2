package dev.sluice.common.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.core.Queue;

class DelayLevelsTest {

  @ParameterizedTest
  @CsvSource({
    "PT0.1S, sluice.delay.0, 0.0.0.0.0.0.1.mini",
    "PT25.3S, sluice.delay.2, 0.0.0.0.3.7.5.mini",
    "PT25.201S, sluice.delay.2, 0.0.0.0.3.7.5.mini",
    "PT24H, sluice.delay.6, 3.2.2.7.4.0.0.mini",
    "PT0S, sluice.delay.0, 0.0.0.0.0.0.1.mini",
    "PT1000H, sluice.delay.6, 7.7.7.7.7.7.7.mini",
  })
  void delayEntersAtItsHighestNonZeroDigit(Duration delay, String exchange, String key) {
    assertThat(DelayLevels.path("mini", Lane.BATCH, delay)).isEqualTo(new DelayPath(exchange, key));
  }

  @Test
  void liveLaneHasItsOwnRoutingKey() {
    assertThat(DelayLevels.path("mini", Lane.LIVE, Duration.ofSeconds(1)).routingKey())
        .isEqualTo("0.0.0.0.0.1.2.mini.live");
  }

  @Test
  void namesOfTheQueuesAreOrderedFromTheLongestDelay() {
    assertThat(DelayLevels.queueNames())
        .startsWith("sluice.delay.6.7", "sluice.delay.6.6")
        .endsWith("sluice.delay.0.2", "sluice.delay.0.1")
        .containsExactlyInAnyOrderElementsOf(
            DelayLevels.declarables().stream()
                .filter(Queue.class::isInstance)
                .map(declarable -> ((Queue) declarable).getName())
                .toList());
  }

  @Test
  void ttlsOfQueuesAddUpToDelay() {
    for (long ticks : new long[] {1, 7, 8, 63, 64, 511, 4_096, 100_000, 2_097_151}) {
      Duration delay = DelayLevels.TICK.multipliedBy(ticks);
      String key = DelayLevels.path("mini", Lane.BATCH, delay).routingKey();
      long sum = 0;
      for (int i = 0; i < 7; i++) {
        int level = 6 - i;
        int digit = Character.digit(key.charAt(2 * i), 10);
        sum += digit == 0 ? 0 : ttl("sluice.delay." + level + "." + digit);
      }
      assertThat(Duration.ofMillis(sum)).isEqualTo(delay);
    }
  }

  @Test
  void thereAre49DelayQueues() {
    assertThat(DelayLevels.declarables().stream().filter(Queue.class::isInstance)).hasSize(49);
  }

  private static long ttl(String queue) {
    return DelayLevels.declarables().stream()
        .filter(Queue.class::isInstance)
        .map(Queue.class::cast)
        .filter(declared -> declared.getName().equals(queue))
        .map(declared -> declared.getArguments().get("x-message-ttl"))
        .map(ttl -> Long.parseLong(String.valueOf(ttl)))
        .findFirst()
        .orElseThrow();
  }
}
