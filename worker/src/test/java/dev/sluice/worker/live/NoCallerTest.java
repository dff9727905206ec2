package dev.sluice.worker.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;

class NoCallerTest {

  @Test
  void redeliveredTaskIsNotCalled() throws InterruptedException {
    assertThat(LiveCaller.none(() -> true).queryPresence()).isEqualTo(LiveCaller.Presence.WAITING);
    assertThatThrownBy(() -> LiveCaller.none(() -> false).queryPresence())
        .isInstanceOf(AmqpException.class);
    assertThatThrownBy(() -> LiveCaller.none(() -> false).announceClaim())
        .isInstanceOf(AmqpException.class);
  }
}
