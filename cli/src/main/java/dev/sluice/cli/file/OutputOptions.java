package dev.sluice.cli.file;

import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.Terminal;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that writes results, which may have cost money. */
public final class OutputOptions {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = {
        "Output file, or - for stdout. Default: stdout.",
        "summarize and results --as summaries: .jsonl, .md or .txt; map: the format of the input; submit: only with --watch."
      })
  private @Nullable String out;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  /** Whether the option is present. */
  public boolean isPresent() {
    return out != null;
  }

  /** Whether the option selects stdout. */
  public boolean isStdout() {
    return Output.STDOUT.equals(out);
  }

  /**
   * The output.
   *
   * @throws CommandException if the file is not writable
   */
  public Output output(Terminal terminal) {
    return Output.of(out, terminal);
  }

  /**
   * Protects the answers of an earlier run, which may have cost money.
   *
   * @throws CommandException if the file exists and {@code --force} is absent
   */
  public void checkOverwrite(Output output) {
    if (!force && output.file().filter(Files::isRegularFile).isPresent()) {
      throw CommandException.invalidInput(
          "--out %s exists. Specify another file, or replace it with --force.".formatted(out));
    }
  }
}
