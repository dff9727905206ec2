package dev.sluice.producer.dispatch;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;

/**
 * Whether the broker blocks the connection that publishes. During a memory or disk alarm the broker
 * does not read from it, and confirms nothing. What is written may arrive after the alarm, even if
 * the connection is closed before.
 */
final class BlockedConnection implements ConnectionListener, BlockedListener {
  private static final Logger LOG = LoggerFactory.getLogger(BlockedConnection.class);

  private volatile boolean blocked;

  boolean isBlocked() {
    return blocked;
  }

  /** A new connection is not blocked: the broker announces the alarm after the first publish. */
  @Override
  public void onCreate(@Nullable Connection connection) {
    blocked = false;
    if (connection != null) {
      connection.addBlockedListener(this);
    }
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    blocked = false;
  }

  @Override
  public void handleBlocked(String reason) {
    blocked = true;
    LOG.warn("The broker blocks publishers ({}); tasks wait in PostgreSQL", reason);
  }

  @Override
  public void handleUnblocked() {
    blocked = false;
    LOG.info("The broker no longer blocks publishers");
  }
}
