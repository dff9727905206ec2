package dev.sluice.worker.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;

class NoCallerTest {

  @Test
  void aTaskThatTheBrokerHasGivenToAnotherIsNotCalled() throws InterruptedException {
    assertThat(LiveCaller.nobody(() -> true).ask()).isEqualTo(LiveCaller.Presence.WAITING);
    assertThatThrownBy(() -> LiveCaller.nobody(() -> false).ask())
        .isInstanceOf(AmqpException.class);
    assertThatThrownBy(() -> LiveCaller.nobody(() -> false).tell())
        .isInstanceOf(AmqpException.class);
  }
}
