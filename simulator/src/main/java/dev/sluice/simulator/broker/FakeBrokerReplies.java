package dev.sluice.simulator.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.LongStringHelper;
import com.rabbitmq.client.impl.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fake broker's replies to AMQP methods: every request succeeds. */
final class FakeBrokerReplies {
  static final int FRAME_MAX = 131_072;
  private static final int CHANNEL_MAX = 2047;
  private static final int HEARTBEAT_SECONDS = 60;
  private static final Map<String, Object> PROPERTIES =
      Map.of(
          "product",
          "Sluice fake broker",
          "capabilities",
          Map.of(
              "publisher_confirms", true,
              "exchange_exchange_bindings", true,
              "basic.nack", true,
              "consumer_cancel_notify", true));

  private FakeBrokerReplies() {}

  /** {@code connection.start}, which the broker sends first. */
  static Method start() {
    return new AMQImpl.Connection.Start(
        0,
        9,
        PROPERTIES,
        LongStringHelper.asLongString("PLAIN"),
        LongStringHelper.asLongString("en_US"));
  }

  /** The reply to a method; null for methods without a reply. */
  static @Nullable Method replyTo(Method method) {
    return switch (method) {
      case AMQP.Connection.StartOk startOk ->
          new AMQImpl.Connection.Tune(CHANNEL_MAX, FRAME_MAX, HEARTBEAT_SECONDS);
      case AMQP.Connection.Open open -> new AMQImpl.Connection.OpenOk("");
      case AMQP.Connection.Close close -> new AMQImpl.Connection.CloseOk();
      case AMQP.Channel.Open open -> new AMQImpl.Channel.OpenOk(LongStringHelper.asLongString(""));
      case AMQP.Channel.Close close -> new AMQImpl.Channel.CloseOk();
      case AMQP.Exchange.Declare declare -> new AMQImpl.Exchange.DeclareOk();
      case AMQP.Exchange.Bind bind -> new AMQImpl.Exchange.BindOk();
      case AMQP.Queue.Declare declare -> new AMQImpl.Queue.DeclareOk(declare.getQueue(), 0, 0);
      case AMQP.Queue.Bind bind -> new AMQImpl.Queue.BindOk();
      case AMQP.Queue.Delete delete -> new AMQImpl.Queue.DeleteOk(0);
      case AMQP.Confirm.Select select -> new AMQImpl.Confirm.SelectOk();
      case AMQP.Basic.Qos qos -> new AMQImpl.Basic.QosOk();
      case AMQP.Basic.Get get -> new AMQImpl.Basic.GetEmpty("");
      case AMQP.Basic.Cancel cancel -> new AMQImpl.Basic.CancelOk(cancel.getConsumerTag());
      default -> null;
    };
  }
}
