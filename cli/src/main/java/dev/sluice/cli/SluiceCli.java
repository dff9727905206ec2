package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.command.BatchControlCommands;
import dev.sluice.cli.command.KeysCommand;
import dev.sluice.cli.command.PlanCommand;
import dev.sluice.cli.command.QuotaCommand;
import dev.sluice.cli.command.ResultsCommand;
import dev.sluice.cli.command.RoutesCommand;
import dev.sluice.cli.command.StatusCommand;
import dev.sluice.cli.command.SubmitCommand;
import dev.sluice.cli.command.TaskCommand;
import dev.sluice.cli.command.WhyCommand;
import dev.sluice.cli.command.deadletter.DeadLettersCommand;
import dev.sluice.cli.command.deadletter.RetryCommand;
import dev.sluice.cli.map.MapCommand;
import dev.sluice.cli.mcp.McpCommand;
import dev.sluice.cli.summarize.SummarizeCommand;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import dev.sluice.cli.watch.WatchCommand;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/** The {@code sluice} command and its subcommands. */
@Command(
    name = "sluice",
    description = "Run LLM tasks from a queue within the provider's rate limits.",
    versionProvider = CliVersion.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    footer = {"", "Exit codes and JSON formats: docs/cli.md"})
public final class SluiceCli {
  @Mixin private final Invocation invocation;

  private SluiceCli(Terminal terminal) {
    invocation = new Invocation(terminal);
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(Terminal.ofProcess(), arguments));
  }

  /** Runs one command and returns its exit code. */
  static int run(Terminal terminal, String... arguments) {
    SluiceCli cli = new SluiceCli(terminal);
    ErrorReporter errorReporter = new ErrorReporter(cli.invocation);
    CommandLine line = new CommandLine(cli);
    cli.commands(List.of(arguments)).forEach(line::addSubcommand);
    line.addSubcommand(new HelpCommand())
        .setOut(new PrintWriter(terminal.out(), true, UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, UTF_8))
        .registerConverter(BigDecimal.class, SluiceCli::number)
        .setParameterExceptionHandler(errorReporter::usageError)
        .setExecutionExceptionHandler(errorReporter::failed);
    if (arguments.length == 0) {
      line.usage(terminal.err());
      return ExitCode.USAGE_ERROR.code();
    }
    return line.execute(arguments);
  }

  private static BigDecimal number(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException invalid) {
      throw new CommandLine.TypeConversionException("'%s' is not a number".formatted(text));
    }
  }

  private static String resolveAlias(String command) {
    return switch (command) {
      case "dead", "dlq" -> "dead-letters";
      case "explain" -> "why";
      default -> command;
    };
  }

  /** Only the commands in the arguments, if any: creating the model of a command is slow. */
  private List<Object> commands(List<String> arguments) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("summarize", () -> new SummarizeCommand(invocation));
    all.put("map", () -> new MapCommand(invocation));
    all.put("submit", () -> new SubmitCommand(invocation));
    all.put("watch", () -> new WatchCommand(invocation));
    all.put("results", () -> new ResultsCommand(invocation));
    all.put("status", () -> new StatusCommand(invocation));
    all.put("routes", () -> new RoutesCommand(invocation));
    all.put("plan", () -> new PlanCommand(invocation));
    all.put("why", () -> new WhyCommand(invocation));
    all.put("cancel", () -> new BatchControlCommands.Cancel(invocation));
    all.put("pause", () -> new BatchControlCommands.Pause(invocation));
    all.put("resume", () -> new BatchControlCommands.Resume(invocation));
    all.put("retry", () -> new RetryCommand(invocation));
    all.put("task", () -> new TaskCommand(invocation));
    all.put("dead-letters", () -> new DeadLettersCommand(invocation));
    all.put("keys", () -> new KeysCommand(invocation));
    all.put("quota", () -> new QuotaCommand(invocation));
    all.put("mcp", () -> new McpCommand(invocation));
    Map<String, Supplier<Object>> named = new LinkedHashMap<>(all);
    named.keySet().retainAll(arguments.stream().map(SluiceCli::resolveAlias).toList());
    return (named.isEmpty() ? all : named).values().stream().map(Supplier::get).toList();
  }
}
