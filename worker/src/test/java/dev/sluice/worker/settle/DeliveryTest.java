package dev.sluice.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.amqp.AmqpException;

class DeliveryTest {

  @ParameterizedTest
  @MethodSource("closedChannelExceptions")
  void exceptionsOfClosedChannelAreIgnored(Exception exception) {
    Delivery delivery = new Delivery(closedChannel(exception), 7);

    assertThatCode(delivery::acknowledge).doesNotThrowAnyException();
    assertThatCode(delivery::reject).doesNotThrowAnyException();
  }

  @Test
  void deliveryCanBeAcknowledgedWhileChannelIsOpen() {
    assertThat(new Delivery(channel(() -> true), 7).canAcknowledge()).isTrue();
    assertThat(new Delivery(channel(() -> false), 7).canAcknowledge()).isFalse();
  }

  static Stream<Exception> closedChannelExceptions() {
    return Stream.of(
        new IOException("gone"),
        new AlreadyClosedException(new ShutdownSignalException(true, false, null, null)),
        new AmqpException("PublisherCallbackChannel is closed"));
  }

  private static Channel closedChannel(Exception exception) {
    return channel(
        () -> {
          throw exception;
        });
  }

  private static Channel channel(Callable<Boolean> answer) {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (self, method, arguments) -> answer.call());
  }
}
