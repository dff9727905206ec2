package dev.sluice.worker.limit;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Virtual time for real threads: when all of them wait by this clock, it advances to the end of the
 * first wait. The thread of the test and those of {@link #submit} count; others must not wait.
 */
final class VirtualClock implements NanoClock, TimeMeter, AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final PriorityQueue<Waiter> timed =
      new PriorityQueue<>(Comparator.comparingLong(waiter -> waiter.deadline));
  private final ReentrantLock doneLock = new ReentrantLock();
  private final Condition done = newCondition(doneLock);
  private volatile long now = Duration.ofHours(1).toNanos();

  /** Threads that do not wait; the thread of the test is one. */
  private int running = 1;

  private final Thread ticker = Thread.ofVirtual().start(this::tick);

  /** A waiting thread. {@code isWoken} is guarded by the lock of its condition. */
  private static final class Waiter {
    private final Lock lock;
    private final Condition woken;
    private final long deadline;
    private boolean isWoken;

    Waiter(Lock lock, long deadline) {
      this.lock = lock;
      this.woken = lock.newCondition();
      this.deadline = deadline;
    }
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long currentTimeNanos() {
    return now;
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }

  @Override
  public Condition newCondition(Lock ofCondition) {
    return new VirtualCondition(ofCondition);
  }

  /** Starts a thread. */
  <T> Future<T> submit(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    onRunning();
    threads.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Exception | AssertionError failure) {
            result.completeExceptionally(failure);
          }
          guarded(doneLock, done::signalAll);
          onWaiting();
        });
    return result;
  }

  /** Waits for the result of a thread. */
  <T> T get(Future<T> result) throws Exception {
    doneLock.lock();
    try {
      while (!result.isDone()) {
        done.await();
      }
    } finally {
      doneLock.unlock();
    }
    return result.get();
  }

  void sleep(Duration time) throws InterruptedException {
    long end = now + time.toNanos();
    ReentrantLock own = new ReentrantLock();
    own.lock();
    try {
      Condition over = newCondition(own);
      while (end - now > 0) {
        long unused = over.awaitNanos(end - now);
      }
    } finally {
      own.unlock();
    }
  }

  /** Waits for a condition, which is checked every millisecond when all other threads wait. */
  void until(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      if (i > 100_000) {
        throw new AssertionError("the condition is not fulfilled within 100 s");
      }
      sleep(Duration.ofMillis(1));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    ticker.interrupt();
  }

  private void onRunning() {
    guarded(lock, () -> running++);
  }

  private void onWaiting() {
    guarded(
        lock,
        () -> {
          running--;
          idle.signal();
        });
  }

  private static void guarded(Lock lock, Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private void tick() {
    try {
      while (true) {
        Waiter first = awaitIdle();
        guarded(first.lock, () -> onTimeOver(first));
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void onTimeOver(Waiter waiter) {
    if (waiter.isWoken) {
      onWaiting(); // a signal was faster, and has counted it
    } else {
      waiter.isWoken = true;
      waiter.woken.signal();
    }
  }

  /** Returns the waiter whose time is over first, and counts it as running. */
  private Waiter awaitIdle() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Waiter first = null;
      while (first == null) {
        while (running > 0) {
          idle.await();
        }
        first = timed.poll();
        if (first == null) {
          idle.await();
        }
      }
      now = Math.max(now, first.deadline);
      running++;
      return first;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the callers wait in loops
  private final class VirtualCondition implements Condition {
    private final Lock ofCondition;
    private final List<Waiter> waiters = new ArrayList<>();

    VirtualCondition(Lock ofCondition) {
      this.ofCondition = ofCondition;
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      if (nanos <= 0) {
        return nanos;
      }
      Waiter waiter = new Waiter(ofCondition, now + nanos);
      waiters.add(waiter);
      guarded(lock, () -> timed.add(waiter));
      onWaiting();
      try {
        while (!waiter.isWoken) {
          waiter.woken.await();
        }
      } finally {
        wake(waiter);
        waiters.remove(waiter);
      }
      return waiter.deadline - now;
    }

    @Override
    public void await() throws InterruptedException {
      long unused = awaitNanos(Duration.ofDays(365).toNanos());
    }

    @Override
    public void signal() {
      waiters.stream().filter(waiter -> !waiter.isWoken).findFirst().ifPresent(this::wake);
    }

    @Override
    public void signalAll() {
      waiters.forEach(this::wake);
    }

    private void wake(Waiter waiter) {
      if (!waiter.isWoken) {
        waiter.isWoken = true;
        guarded(
            lock,
            () -> {
              running++;
              timed.remove(waiter);
            });
        waiter.woken.signal();
      }
    }

    @Override
    public void awaitUninterruptibly() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      return awaitNanos(unit.toNanos(time)) > 0;
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException();
    }
  }
}
