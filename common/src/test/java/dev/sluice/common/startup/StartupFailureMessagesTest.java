package dev.sluice.common.startup;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpIOException;

class StartupFailureMessagesTest {
  @Test
  void aQueueThatIsMadeOtherwiseIsNamedAndTheWayOutToo() {
    assertThat(
            StartupFailureMessages.sentence(
                closed(406, "PRECONDITION_FAILED - for queue 'sluice.x'")))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .contains("made otherwise (PRECONDITION_FAILED - for queue 'sluice.x')")
                    .contains("docs/upgrading.md"));
  }

  @Test
  void aUserWithoutRightsIsToldWhich() {
    assertThat(StartupFailureMessages.sentence(closed(403, "ACCESS_REFUSED - to queue 'sluice.x'")))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .contains("ACCESS_REFUSED - to queue 'sluice.x'")
                    .contains("^(sluice\\..*|amq\\.default)$"));
  }

  @Test
  void anotherEndOfAChannelIsABug() {
    assertThat(StartupFailureMessages.sentence(closed(504, "CHANNEL_ERROR"))).isEmpty();
  }

  private static Throwable closed(int code, String text) {
    AMQP.Channel.Close reason =
        new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build();
    return new AmqpIOException(
        new java.io.IOException(new ShutdownSignalException(false, false, reason, null)));
  }
}
