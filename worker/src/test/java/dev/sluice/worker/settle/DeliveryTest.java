package dev.sluice.worker.settle;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.amqp.AmqpException;

class DeliveryTest {

  @ParameterizedTest
  @MethodSource("whatAClosedChannelThrows")
  void aDeliveryWhoseChannelIsGoneIsLeftToTheBroker(Exception thrown) {
    Delivery delivery = new Delivery(closed(thrown), 7);

    assertThatCode(delivery::acknowledge).doesNotThrowAnyException();
    assertThatCode(delivery::reject).doesNotThrowAnyException();
  }

  static Stream<Exception> whatAClosedChannelThrows() {
    return Stream.of(
        new IOException("gone"),
        new AlreadyClosedException(new ShutdownSignalException(true, false, null, null)),
        new AmqpException("PublisherCallbackChannel is closed"));
  }

  private static Channel closed(Exception thrown) {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (self, method, arguments) -> {
              throw thrown;
            });
  }
}
