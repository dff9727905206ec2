package dev.sluice.cli.control;

import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice cancel}, {@code pause} and {@code resume}. */
public abstract class BatchControlCommands implements Callable<Integer> {
  private final Invocation invocation;
  private final BiFunction<SluiceClient, String, JsonNode> step;
  private final String done;

  @Parameters(paramLabel = "BATCH", description = "The batch's id.")
  private String batch = "";

  private BatchControlCommands(
      Invocation invocation, BiFunction<SluiceClient, String, JsonNode> step, String done) {
    this.invocation = invocation;
    this.step = step;
    this.done = done;
  }

  @Override
  public Integer call() {
    JsonNode answer = step.apply(invocation.client(), batch);
    if (invocation.json()) {
      invocation.print(answer);
    } else {
      invocation.terminal().say(done.formatted(batch, invocation.terminal().command()));
    }
    return ExitCode.DONE.code();
  }

  /** Stops a batch for good. */
  @Command(
      name = "cancel",
      description = "Stop a batch for good: what is not with the provider yet is not called.")
  public static final class Cancel extends BatchControlCommands {
    public Cancel(Invocation invocation) {
      super(
          invocation,
          SluiceClient::cancel,
          "%s is being cancelled; what is with the provider now still comes to its end.");
    }
  }

  /** Lets a batch rest. */
  @Command(
      name = "pause",
      description = "Let a batch rest: nothing of it is called until `resume`.")
  public static final class Pause extends BatchControlCommands {
    public Pause(Invocation invocation) {
      super(
          invocation,
          SluiceClient::pause,
          "%1$s is paused; its completion window runs on. Let it go on with `%2$s resume %1$s`.");
    }
  }

  /** Lets a batch go on that rests. */
  @Command(name = "resume", description = "Let a paused batch go on where it was.")
  public static final class Resume extends BatchControlCommands {
    public Resume(Invocation invocation) {
      super(invocation, SluiceClient::resume, "%s goes on.");
    }
  }
}
