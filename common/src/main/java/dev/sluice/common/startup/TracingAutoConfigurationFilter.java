package dev.sluice.common.startup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves out all of Boot's tracing where no collector is named: it would make spans that nobody
 * sees, at each call.
 */
public final class TracingAutoConfigurationFilter
    implements AutoConfigurationImportFilter, EnvironmentAware {
  static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private boolean wanted;

  @Override
  public void setEnvironment(Environment environment) {
    wanted = !environment.getProperty(ENDPOINT, "").isBlank();
  }

  @Override
  public boolean[] match(
      @Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
    boolean[] taken = new boolean[autoConfigurations.length];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = wanted || !makesTraces(autoConfigurations[i]);
    }
    return taken;
  }

  private static boolean makesTraces(@Nullable String autoConfiguration) {
    return autoConfiguration != null
        && (autoConfiguration.startsWith("org.springframework.boot.micrometer.tracing.")
            || autoConfiguration.startsWith("org.springframework.boot.opentelemetry."));
  }
}
