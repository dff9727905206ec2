package dev.sluice.cli;

import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints why a command failed, without a stack trace unless {@code --debug} is set. */
final class ErrorReporter {
  private final Invocation invocation;
  private final Terminal terminal;

  ErrorReporter(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  int usageError(ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    String hint =
        terminal.command()
            + (command.getParent() == null
                ? " help"
                : " %s --help".formatted(withoutRoot(command.getCommandSpec().qualifiedName())));
    return report(ExitCode.USAGE_ERROR, List.of("%s Try `%s`.".formatted(describe(error), hint)));
  }

  private static String withoutRoot(String name) {
    return name.substring(name.indexOf(' ') + 1);
  }

  private static String describe(ParameterException error) {
    if (error instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && error.getCommandLine().getParent() == null) {
      String unknown = unmatched.getUnmatched().getFirst();
      // picocli always suggests something: ignore suggestions with another prefix.
      String suggestion =
          unmatched.getSuggestions().stream()
              .filter(
                  command ->
                      command.startsWith(unknown.substring(0, Math.min(2, unknown.length()))))
              .findFirst()
              .map("; did you mean '%s'?"::formatted)
              .orElse(".");
      return "unknown command '%s'%s".formatted(unknown, suggestion);
    }
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("") + ".";
  }

  int failed(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof CommandException commandException) {
      return report(commandException.exitCode(), commandException.lines());
    }
    if (invocation.debug()) {
      failure.printStackTrace(terminal.err());
    }
    return report(
        ExitCode.UNEXPECTED_ERROR,
        List.of(
            "Unexpected error: %s: %s. Run the command with --debug to print the stack trace."
                .formatted(failure.getClass().getSimpleName(), failure.getMessage())));
  }

  private int report(ExitCode exitCode, List<String> lines) {
    lines.forEach(terminal::message);
    if (invocation.json()) {
      ObjectNode error = JsonValues.object();
      ArrayNode messages =
          error.putObject("error").put("exit_code", exitCode.code()).putArray("messages");
      lines.forEach(messages::add);
      invocation.print(error);
    }
    return exitCode.code();
  }
}
