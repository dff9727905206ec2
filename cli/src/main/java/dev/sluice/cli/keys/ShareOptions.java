package dev.sluice.cli.keys;

import dev.sluice.cli.client.KeyShare;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that bound a key's live calls. */
final class ShareOptions {
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

  KeyShare share() {
    return new KeyShare(concurrency, perMinute);
  }
}
