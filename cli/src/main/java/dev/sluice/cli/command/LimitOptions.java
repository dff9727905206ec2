package dev.sluice.cli.command;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that limit the live calls of a key. */
final class LimitOptions {
  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description =
          "Maximum concurrent live calls on each producer. "
              + "Default: none; the limits of the route still apply.")
  @Nullable Integer concurrency;

  @Option(
      names = "--rpm",
      paramLabel = "N",
      description =
          "Maximum live calls per minute on each producer, evenly spaced. "
              + "Default: none; the limits of the route still apply.")
  @Nullable Integer perMinute;

  @Option(
      names = "--budget",
      paramLabel = "DOLLARS",
      description =
          "Maximum cost of its live calls per calendar month (UTC), in US dollars. "
              + "Default: none; the budget of the project still applies.")
  @Nullable BigDecimal budget;
}
