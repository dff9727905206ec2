package dev.sluice.producer.infrastructure.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.transaction.CannotCreateTransactionException;

class ItemFailuresTest {
  private final AtomicLong nanos = new AtomicLong();
  private final ItemFailures<String> failures = new ItemFailures<>("test", nanos::get);
  private final List<String> done = new ArrayList<>();

  @Test
  void failingItemDoesNotStopTheOthers() throws InterruptedException {
    round("a", "bad", "b");
    assertThat(done).containsExactly("a", "bad", "b");
  }

  @Test
  void pauseOfAFailingItemDoublesUpToOneMinute() throws InterruptedException {
    for (long pause : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      round("bad");
      assertThat(done).containsExactly("bad");
      done.clear();
      nanos.addAndGet(Duration.ofSeconds(pause).toNanos() - 1);
      round("bad");
      assertThat(done).as("after less than %d s", pause).isEmpty();
      nanos.addAndGet(1);
    }
  }

  @Test
  void lockedRowIsRetriedEverySecond() throws InterruptedException {
    for (int attempt = 0; attempt < 5; attempt++) {
      failures.isolate(
          "locked",
          () -> {
            done.add("locked");
            throw new CannotAcquireLockException("locked", new SQLException("locked", "55P03"));
          });
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    assertThat(done).hasSize(5);
  }

  @Test
  void successEndsThePause() throws InterruptedException {
    round("bad");
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(failures.isolate("bad", () -> true)).isTrue();
    done.clear();
    round("bad");
    assertThat(done).containsExactly("bad");
  }

  @Test
  void failuresOfOtherItemsAreForgotten() throws InterruptedException {
    round("bad");
    failures.retain(List.of("a"));
    done.clear();
    round("bad");
    assertThat(done).containsExactly("bad");
  }

  @Test
  void unreachableDatabaseFailsTheRound() {
    assertThatThrownBy(
            () ->
                failures.isolate(
                    "a",
                    () -> {
                      throw new CannotCreateTransactionException("no connection");
                    }))
        .isInstanceOf(CannotCreateTransactionException.class);
  }

  private void round(String... items) throws InterruptedException {
    for (String item : items) {
      failures.isolate(
          item,
          () -> {
            done.add(item);
            if (item.equals("bad")) {
              throw new IllegalStateException("does not work");
            }
            return false;
          });
    }
  }
}
