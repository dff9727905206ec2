package dev.sluice.common.startup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Says on stderr, in one line, why the application did not start, in place of a stack trace.
 *
 * <p>Registered in {@code META-INF/spring.factories} ahead of Boot's own. What it does not know is
 * left to Boot, stack trace and all: that is a bug, and its trace is wanted.
 */
public final class OneLineFailureReporter implements SpringBootExceptionReporter {
  private final String application;

  /** Boot passes the context; it is null where that could not be made. */
  public OneLineFailureReporter(@Nullable ConfigurableApplicationContext context) {
    String name =
        context == null ? null : context.getEnvironment().getProperty("spring.application.name");
    this.application = name == null ? "sluice" : name;
  }

  @Override
  public boolean reportException(Throwable failure) {
    return StartupFailureMessages.sentence(failure)
        .map(
            sentence -> {
              System.err.println(application + " cannot start: " + sentence);
              return true;
            })
        .orElse(false);
  }
}
