package dev.sluice.producer.infrastructure.database;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Distinguishes transient failures of the database or the broker, which are worth a retry, from
 * rejected values.
 */
public final class TransientFailures {
  /**
   * SQLSTATE classes for rejected values: data exception, integrity constraint violation, WITH
   * CHECK OPTION violation, program limit exceeded, and an exception raised by a trigger.
   */
  private static final Set<String> REJECTED_VALUES = Set.of("22", "23", "44", "54", "P0");

  /** SQLSTATE prefixes: connection exception, too many connections, server shutdown or start. */
  private static final Set<String> UNREACHABLE = Set.of("08", "53300", "57P");

  private TransientFailures() {}

  /** Whether a retry may succeed. */
  public static boolean isTransient(RuntimeException failure) {
    if (failure instanceof DataAccessException) {
      String state = state(failure);
      return state != null
          && !REJECTED_VALUES.contains(state.substring(0, Math.min(2, state.length())));
    }
    return failure instanceof TransactionException || failure instanceof AmqpException;
  }

  /** Whether a connection to the database or the broker was lost or could not be opened. */
  public static boolean isUnreachable(RuntimeException failure) {
    if (failure instanceof AmqpException) {
      return !(failure instanceof AmqpTimeoutException);
    }
    String state = state(failure);
    return state == null
        ? failure instanceof TransactionException
        : state.isEmpty() || UNREACHABLE.stream().anyMatch(state::startsWith);
  }

  /** The SQLSTATE; empty without a value, null if the failure has no SQL exception. */
  private static @Nullable String state(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql.getSQLState() == null ? "" : sql.getSQLState();
      }
    }
    return null;
  }
}
