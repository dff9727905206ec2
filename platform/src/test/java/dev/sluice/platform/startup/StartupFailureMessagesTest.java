package dev.sluice.platform.startup;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpIOException;

class StartupFailureMessagesTest {
  @Test
  void queueWithOtherArgumentsIsNamedWithFix() {
    assertThat(
            StartupFailureMessages.message(
                closed(406, "PRECONDITION_FAILED - for queue 'sluice.x'")))
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .contains("other arguments (PRECONDITION_FAILED - for queue 'sluice.x')")
                    .contains("docs/upgrading.md"));
  }

  @Test
  void missingPermissionsAreNamed() {
    assertThat(StartupFailureMessages.message(closed(403, "ACCESS_REFUSED - to queue 'sluice.x'")))
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .contains("ACCESS_REFUSED - to queue 'sluice.x'")
                    .contains("^(sluice\\..*|amq\\.default)$"));
  }

  @Test
  void otherChannelErrorsHaveNoMessage() {
    assertThat(StartupFailureMessages.message(closed(504, "CHANNEL_ERROR"))).isEmpty();
  }

  private static Throwable closed(int code, String text) {
    AMQP.Channel.Close reason =
        new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build();
    return new AmqpIOException(
        new java.io.IOException(new ShutdownSignalException(false, false, reason, null)));
  }
}
