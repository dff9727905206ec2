package dev.sluice.producer.infrastructure.loop;

import java.util.List;
import org.springframework.context.SmartLifecycle;

/** A component with background loops that run as long as the application. */
public abstract class BackgroundTask implements SmartLifecycle, LoopWatchSource {

  /** Its loops; returns the same instances at each call. */
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

  /** Stops asynchronously, so that all components stop in parallel. */
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
