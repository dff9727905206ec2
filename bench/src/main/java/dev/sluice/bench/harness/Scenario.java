package dev.sluice.bench.harness;

import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A benchmark or long test with its options. */
@Command(
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public abstract class Scenario implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--keep",
      order = 100,
      description = "Keep the logs. Without it, only the logs of a failed run are kept.")
  private boolean keep;

  private boolean succeeded;

  /** Calls {@link #require} for each rule of the options. */
  protected void checkOptions() {}

  /**
   * Runs the scenario and prints its result.
   *
   * @param folder empty folder for data and logs
   * @param open receives the resources to close at the end
   * @return whether all checks passed
   */
  protected abstract boolean run(Path folder, CloseableStack open) throws Exception;

  @Override
  public final Integer call() throws Exception {
    checkOptions();
    Path folder = Files.createTempDirectory("sluice-" + Path.of(commandName()).getFileName() + "-");
    System.err.printf("%s; logs: %s%n", Machine.now().description(), folder);
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      open.add(
          () -> {
            if (succeeded && !keep) {
              Folders.delete(folder);
            }
          });
      succeeded = run(folder, open);
    }
    return succeeded ? 0 : 1;
  }

  /** Name of the command, as the user enters it. */
  protected final String commandName() {
    return spec.name();
  }

  /**
   * Rejects the command line.
   *
   * @param rule the message
   * @throws ParameterException if the condition does not hold
   */
  protected final void require(boolean condition, String rule) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }
}
