package dev.sluice.platform.startup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Disables Boot's tracing auto-configuration if no OTLP endpoint is set: it would create spans for
 * every call, and no collector would receive them.
 */
public final class TracingAutoConfigurationFilter
    implements AutoConfigurationImportFilter, EnvironmentAware {
  static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private boolean enabled;

  @Override
  public void setEnvironment(Environment environment) {
    enabled = !environment.getProperty(ENDPOINT, "").isBlank();
  }

  @Override
  public boolean[] match(
      @Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[autoConfigurations.length];
    for (int i = 0; i < matches.length; i++) {
      matches[i] = enabled || !isTracing(autoConfigurations[i]);
    }
    return matches;
  }

  private static boolean isTracing(@Nullable String autoConfiguration) {
    return autoConfiguration != null
        && (autoConfiguration.startsWith("org.springframework.boot.micrometer.tracing.")
            || autoConfiguration.startsWith("org.springframework.boot.opentelemetry."));
  }
}
