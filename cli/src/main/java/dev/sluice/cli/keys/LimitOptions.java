package dev.sluice.cli.keys;

import dev.sluice.cli.client.ApiKeyLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that bound a key's live calls. */
final class LimitOptions {
  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "So many live calls at once (what the route takes).")
  @Nullable Integer concurrency;

  @Option(
      names = "--rpm",
      paramLabel = "N",
      description = "So many live calls a minute, evenly (what the route takes).")
  @Nullable Integer perMinute;

  ApiKeyLimits share() {
    return new ApiKeyLimits(concurrency, perMinute);
  }
}
