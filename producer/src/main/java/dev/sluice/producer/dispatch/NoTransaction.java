package dev.sluice.producer.dispatch;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * No broker call is made in a database transaction: an alarm of the broker would keep the
 * transaction's locks and its connection for as long as it lasts.
 */
final class NoTransaction {
  private NoTransaction() {}

  /**
   * Checks the rule.
   *
   * @throws IllegalStateException if the thread has an open transaction
   */
  static void require() {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException(
          "A broker call in a database transaction. Commit before the call, and record its result in another transaction.");
    }
  }
}
