package dev.sluice.simulator.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.Method;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP 0-9-1 connection. A consumer of a task queue gets a fixed number of tasks, each after
 * the previous one was acknowledged.
 */
final class FakeBrokerSession {
  private static final int PROTOCOL_HEADER_LENGTH = 8;
  private static final String TASK_QUEUES = "sluice.tasks.";
  private static final int TASKS_PER_CONSUMER = 25;
  private static final byte[] TASK =
      """
      {"model":"gpt-4o-mini","max_tokens":64,"messages":[{"role":"user","content":"%s"}]}"""
          .formatted("Rain fell on the town for the whole of the day. ".repeat(20))
          .getBytes(UTF_8);

  private final DataInputStream in;
  private final DataOutputStream out;
  private final Map<Integer, Channel> channels = new HashMap<>();

  /** State of one channel. */
  private static final class Channel {
    private boolean confirms;
    private long published;
    private @Nullable String consumer;
    private long delivered;
  }

  FakeBrokerSession(InputStream in, OutputStream out) {
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.out = new DataOutputStream(new BufferedOutputStream(out));
  }

  /** Serves the connection until the client closes it. */
  void serve() throws IOException {
    in.readNBytes(PROTOCOL_HEADER_LENGTH);
    send(0, FakeBrokerReplies.start());
    boolean open = true;
    while (open) {
      Frame frame = Frame.readFrom(in, FakeBrokerReplies.FRAME_MAX);
      switch (frame.type) {
        case AMQP.FRAME_METHOD -> {
          Method method = AMQImpl.readMethodFrom(frame.getInputStream());
          handle(frame.channel, method);
          open = !(method instanceof AMQP.Connection.Close);
        }
        case AMQP.FRAME_HEARTBEAT -> write(frame);
        default -> {} // published messages are discarded
      }
    }
  }

  private void handle(int number, Method method) throws IOException {
    Channel channel = channels.computeIfAbsent(number, opened -> new Channel());
    Method reply = FakeBrokerReplies.replyTo(method);
    if (reply != null) {
      send(number, reply);
    }
    switch (method) {
      case AMQP.Confirm.Select select -> channel.confirms = true;
      case AMQP.Basic.Publish publish when channel.confirms ->
          send(number, new AMQImpl.Basic.Ack(++channel.published, false));
      case AMQP.Basic.Consume consume -> consume(number, channel, consume);
      case AMQP.Basic.Ack ack when channel.delivered < TASKS_PER_CONSUMER ->
          deliver(number, channel);
      case AMQP.Channel.Close close -> channels.remove(number);
      default -> {}
    }
  }

  private void consume(int number, Channel channel, AMQP.Basic.Consume consume) throws IOException {
    String tag = consume.getConsumerTag().isEmpty() ? "tag-" + number : consume.getConsumerTag();
    send(number, new AMQImpl.Basic.ConsumeOk(tag));
    if (consume.getQueue().startsWith(TASK_QUEUES)) {
      channel.consumer = tag;
      deliver(number, channel);
    }
  }

  private void deliver(int number, Channel channel) throws IOException {
    String consumer = channel.consumer;
    if (consumer == null) {
      return;
    }
    channel.delivered++;
    write(
        new AMQImpl.Basic.Deliver(consumer, channel.delivered, false, "", "").toFrame(number),
        new AMQP.BasicProperties.Builder()
            .messageId(UUID.randomUUID().toString())
            .contentType("application/json")
            .build()
            .toFrame(number, TASK.length),
        Frame.fromBodyFragment(number, TASK, 0, TASK.length));
  }

  private void send(int channel, Method method) throws IOException {
    write(method.toFrame(channel));
  }

  private void write(Frame... frames) throws IOException {
    for (Frame frame : frames) {
      frame.writeTo(out);
    }
    out.flush();
  }
}
