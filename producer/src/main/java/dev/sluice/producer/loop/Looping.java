package dev.sluice.producer.loop;

import java.util.List;
import org.springframework.context.SmartLifecycle;

/** A part of the producer that goes round in loops for as long as the application runs. */
public abstract class Looping implements SmartLifecycle, Watched {

  /** Its loops, the same ones at each call. */
  protected abstract List<WorkLoop> loops();

  @Override
  public final List<LoopWatch> watches() {
    return loops().stream().map(WorkLoop::watch).toList();
  }

  /** Ends the pause of each loop. */
  protected final void wake() {
    loops().forEach(WorkLoop::wake);
  }

  @Override
  public final void start() {
    loops().forEach(WorkLoop::start);
  }

  @Override
  public final void stop() {
    loops().forEach(WorkLoop::end);
    loops().forEach(WorkLoop::stop);
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
    return loops().stream().anyMatch(WorkLoop::isRunning);
  }
}
