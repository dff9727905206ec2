package dev.sluice.worker.live;

import dev.sluice.worker.provider.Watcher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Who waits for the reply of one task, if anybody does. */
public interface Caller extends Watcher, AutoCloseable {

  /** Nobody waits: the outcome is collected later. */
  Caller NOBODY =
      new Caller() {
        @Override
        public boolean isSomebody() {
          return false;
        }

        @Override
        public boolean stillWaits() {
          return true;
        }

        @Override
        public boolean hasBegun() {
          return false;
        }

        @Override
        public void handBack(Answer answer) {
          throw new IllegalStateException("nobody waits for " + answer);
        }

        @Override
        public void began(Map<String, List<String>> headers) {
          throw new IllegalStateException("nobody takes a stream");
        }

        @Override
        public void passed(byte[] piece) {
          throw new IllegalStateException("nobody takes a stream");
        }

        @Override
        public CompletableFuture<Void> abandoned() {
          return new CompletableFuture<>();
        }

        @Override
        public void close() {
          // nothing was opened
        }
      };

  /** Whether there is anybody at all. */
  boolean isSomebody();

  /**
   * Asks, and waits for the answer.
   *
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  boolean stillWaits() throws InterruptedException;

  /** Whether a part of the reply is on its way already, so that none of it can be taken back. */
  boolean hasBegun();

  /** Sends the answer, until the broker has it or nobody can be waiting any more. */
  void handBack(Answer answer) throws InterruptedException;

  /** The task is settled. */
  @Override
  void close();
}
