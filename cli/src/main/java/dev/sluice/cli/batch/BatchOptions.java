package dev.sluice.cli.batch;

import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.BatchExtensions.StopAfter;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that create batches. */
public final class BatchOptions {
  private static final Pattern STOP_AFTER = Pattern.compile("(\\d{1,9})(%?)/(\\d{1,9})");
  private static final Pattern REUSE = Pattern.compile("\\d{1,9}[mhd]");
  private static final String NEVER = "never";
  private static final String DEFAULT_STOP_AFTER = "25/100";

  @Option(names = "--name", paramLabel = "NAME", description = "Display name of the batch.")
  private @Nullable String name;

  @Option(
      names = "--cut-off",
      paramLabel = "keep|fail",
      description =
          "What to do with a cut-off answer, which the provider ended at its token limit (finish_reason length): keep it, marked in the results, or fail the task. Default: keep.")
  private @Nullable String cutOff;

  @Option(
      names = "--stop-after",
      paramLabel = "FAILED/FIRST",
      description = {
        "Stop condition: pause the batch when this number or percentage of its first tasks has failed, such as 25/100 or 30%%/100 (25, or 30 %%, of the first 100 tasks). `never` turns it off.",
        "Default: " + DEFAULT_STOP_AFTER + "."
      })
  private @Nullable String stopAfter;

  @Option(
      names = "--budget",
      paramLabel = "DOLLARS",
      description = "Pause the batch at this cost, in US dollars. Default: no budget.")
  private @Nullable BigDecimal budget;

  @Option(
      names = "--reuse",
      paramLabel = "TIME",
      description =
          "Answer requests with the stored results of identical requests that completed within this time, such as 7d, without a call. Default: off.")
  private @Nullable String reuse;

  @Option(
      names = "--tier",
      paramLabel = "flex|standard",
      description =
          "Service tier of the calls: flex is cheaper and slower, and the provider refuses calls while it has no capacity. Near the deadline tasks are sent at the standard tier. Default: the tier of the route.")
  private @Nullable String tier;

  @Option(
      names = "--new",
      description =
          "Create a new batch, even if an earlier run of the same command has created one. Default: continue that batch.")
  private boolean forceNew;

  /** Submits batches with these options. */
  public BatchSubmitter submitter(SluiceClient client, Terminal terminal) {
    return new BatchSubmitter(client, terminal, forceNew);
  }

  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /**
   * The extensions of the request.
   *
   * @throws CommandException if an option is invalid
   */
  public BatchExtensions extensions() {
    if (cutOff != null && !List.of("keep", "fail").contains(cutOff)) {
      throw CommandException.usageError("--cut-off %s must be keep or fail.".formatted(cutOff));
    }
    if (budget != null && budget.signum() <= 0) {
      throw CommandException.usageError(
          "--budget (%s) must be above 0 US dollars.".formatted(budget));
    }
    if (reuse != null && !REUSE.matcher(reuse).matches()) {
      throw CommandException.usageError(
          "--reuse %s must be a number of minutes (m), hours (h) or days (d), such as 7d."
              .formatted(reuse));
    }
    if (tier != null && !List.of("flex", "standard").contains(tier)) {
      throw CommandException.usageError("--tier %s must be flex or standard.".formatted(tier));
    }
    return new BatchExtensions(
        Optional.ofNullable(cutOff),
        stopAfter(stopAfter == null ? DEFAULT_STOP_AFTER : stopAfter),
        Optional.ofNullable(budget),
        Optional.ofNullable(reuse),
        Optional.ofNullable(tier),
        /* check= */ Optional.empty());
  }

  private static Optional<StopAfter> stopAfter(String text) {
    if (text.equals(NEVER)) {
      return Optional.empty();
    }
    Matcher matcher = STOP_AFTER.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    int limit = Integer.parseInt(matcher.group(1));
    boolean percent = !matcher.group(2).isEmpty();
    long ofFirst = Long.parseLong(matcher.group(3));
    if (limit < 1 || limit > (percent ? 100 : ofFirst)) {
      throw invalid(text);
    }
    return Optional.of(new StopAfter(limit, percent, ofFirst));
  }

  private static CommandException invalid(String text) {
    return CommandException.usageError(
        "--stop-after %s must be a number or a percentage of failures among the first tasks, such as 25/100 or 30%%/100, or never."
            .formatted(text));
  }
}
