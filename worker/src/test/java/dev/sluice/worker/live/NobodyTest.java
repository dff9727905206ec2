package dev.sluice.worker.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;

class NobodyTest {

  @Test
  void aTaskThatTheBrokerHasGivenToAnotherIsNotCalled() throws InterruptedException {
    assertThat(Caller.nobody(() -> true).stillWaits()).isTrue();
    assertThatThrownBy(() -> Caller.nobody(() -> false).stillWaits())
        .isInstanceOf(AmqpException.class);
  }
}
