package dev.sluice.producer.database;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Tells what fails because the database or the broker is away from what fails for what it is. */
public final class TransientFailures {
  /**
   * Classes of SQLSTATE in which PostgreSQL refuses the very values: data, constraints, a view's
   * check, limits of its own, a trigger's word.
   */
  private static final Set<String> REFUSALS = Set.of("22", "23", "44", "54", "P0");

  /** Connection exceptions, and those of a server that stops, starts or takes no more. */
  private static final Set<String> LOST = Set.of("08", "53300", "57P");

  private TransientFailures() {}

  /** Whether the same may succeed another time. */
  public static boolean isBehind(RuntimeException failure) {
    if (failure instanceof DataAccessException) {
      String state = state(failure);
      return state != null && !REFUSALS.contains(state.substring(0, Math.min(2, state.length())));
    }
    return failure instanceof TransactionException || failure instanceof AmqpException;
  }

  /** Whether no connection to the database or the broker could be had, or one was lost. */
  public static boolean isUnreachable(RuntimeException failure) {
    if (failure instanceof AmqpException) {
      return !(failure instanceof AmqpTimeoutException);
    }
    String state = state(failure);
    return state == null
        ? failure instanceof TransactionException
        : state.isEmpty() || LOST.stream().anyMatch(state::startsWith);
  }

  /** What the database said; empty where it said nothing, null where it was not asked. */
  private static @Nullable String state(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException said) {
        return said.getSQLState() == null ? "" : said.getSQLState();
      }
    }
    return null;
  }
}
