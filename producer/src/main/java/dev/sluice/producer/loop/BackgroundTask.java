package dev.sluice.producer.loop;

import java.util.List;
import org.springframework.context.SmartLifecycle;

/** A part of the producer that goes round in loops for as long as the application runs. */
public abstract class BackgroundTask implements SmartLifecycle, Watched {

  /** Its loops, the same ones at each call. */
  protected abstract List<BackgroundLoop> loops();

  @Override
  public final List<LoopWatch> watches() {
    return loops().stream().map(BackgroundLoop::watch).toList();
  }

  /** Ends the pause of each loop. */
  protected final void wake() {
    loops().forEach(BackgroundLoop::wake);
  }

  @Override
  public final void start() {
    loops().forEach(BackgroundLoop::start);
  }

  @Override
  public final void stop() {
    loops().forEach(BackgroundLoop::end);
    loops().forEach(BackgroundLoop::stop);
  }

  /** All parts at once: together they take no longer than the slowest. */
  @Override
  public final void stop(Runnable stopped) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                stop();
              } finally {
                stopped.run();
              }
            });
  }

  @Override
  public final boolean isRunning() {
    return loops().stream().anyMatch(BackgroundLoop::isRunning);
  }
}
