package dev.sluice.producer.infrastructure.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackgroundLoopTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void errorIsCountedAndTheLoopContinues() {
    AtomicInteger rounds = new AtomicInteger();
    BackgroundLoop loop =
        new BackgroundLoop(
            "test",
            Duration.ofMillis(10),
            () -> {
              if (rounds.incrementAndGet() == 1) {
                throw new AssertionError("a bug");
              }
              return false;
            });
    loop.start();
    try {
      await().atMost(SOON).until(() -> rounds.get() > 2);
      assertThat(loop.watch().failures()).isEqualTo(1);
    } finally {
      loop.stop();
    }
  }

  @Test
  void fatalErrorIsPassedOn() {
    List<Throwable> errors = new CopyOnWriteArrayList<>();
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    BackgroundLoop loop =
        new BackgroundLoop(
            new LoopWatch("test", /* movesTasks= */ true),
            Duration.ofMillis(10),
            () -> {
              throw error;
            },
            errors::add);
    loop.start();
    try {
      await().atMost(SOON).until(() -> errors.contains(error));
    } finally {
      loop.stop();
    }
  }

  @Test
  void interruptAloneDoesNotEndTheLoop() {
    AtomicInteger rounds = new AtomicInteger();
    BackgroundLoop loop =
        new BackgroundLoop(
            "test",
            Duration.ofMillis(10),
            () -> {
              if (rounds.incrementAndGet() == 1) {
                Thread.currentThread().interrupt();
              }
              return false;
            });
    loop.start();
    try {
      await().atMost(SOON).until(() -> rounds.get() > 2);
    } finally {
      loop.stop();
    }
    int atStop = rounds.get();
    await().during(Duration.ofMillis(100)).atMost(SOON).until(() -> rounds.get() == atStop);
  }

  @Test
  void wakeUpEndsThePauseOfAnIdleLoop() {
    AtomicInteger rounds = new AtomicInteger();
    BackgroundLoop loop =
        new BackgroundLoop(
                "test",
                Duration.ofHours(1),
                () -> {
                  rounds.incrementAndGet();
                  return false;
                })
            .backingOff(Duration.ofHours(2), () -> true);
    loop.start();
    try {
      await().atMost(SOON).until(() -> rounds.get() == 1);
      loop.wake();
      await().atMost(SOON).until(() -> rounds.get() == 2);
    } finally {
      loop.stop();
    }
  }
}
