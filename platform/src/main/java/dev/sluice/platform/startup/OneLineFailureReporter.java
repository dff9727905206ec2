package dev.sluice.platform.startup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Prints a one-line reason on stderr instead of a stack trace when the application fails to start.
 *
 * <p>Registered in {@code META-INF/spring.factories} ahead of Boot's own reporter. Boot still
 * prints the stack trace of an unknown failure: that is a bug.
 */
public final class OneLineFailureReporter implements SpringBootExceptionReporter {
  private final String application;

  /**
   * @param context passed by Boot; null if the context could not be created
   */
  public OneLineFailureReporter(@Nullable ConfigurableApplicationContext context) {
    String name =
        context == null ? null : context.getEnvironment().getProperty("spring.application.name");
    this.application = name == null ? "sluice" : name;
  }

  @Override
  public boolean reportException(Throwable failure) {
    return StartupFailureMessages.message(failure)
        .map(
            message -> {
              System.err.println(application + " cannot start: " + message);
              return true;
            })
        .orElse(false);
  }
}
