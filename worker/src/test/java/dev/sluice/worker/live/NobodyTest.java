package dev.sluice.worker.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;

class NobodyTest {

  @Test
  void aTaskThatTheBrokerHasGivenToAnotherIsNotCalled() throws InterruptedException {
    assertThat(Caller.nobody(() -> true).ask()).isEqualTo(Caller.Presence.WAITS);
    assertThatThrownBy(() -> Caller.nobody(() -> false).ask()).isInstanceOf(AmqpException.class);
    assertThatThrownBy(() -> Caller.nobody(() -> false).tell()).isInstanceOf(AmqpException.class);
  }
}
