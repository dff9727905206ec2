package dev.sluice.cli;

import dev.sluice.cli.invocation.Invocation;
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

/** Says why a command ends without its end: a line or a few, never a stack trace by itself. */
final class ErrorReporter {
  private final Invocation invocation;
  private final Terminal terminal;

  ErrorReporter(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  int wrongUsage(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String hint =
        terminal.command()
            + (command.getParent() == null
                ? " help"
                : " %s --help".formatted(withoutRoot(command.getCommandSpec().qualifiedName())));
    return tell(ExitCode.WRONG_USAGE, List.of("%s Try `%s`.".formatted(sentence(wrong), hint)));
  }

  private static String withoutRoot(String name) {
    return name.substring(name.indexOf(' ') + 1);
  }

  private static String sentence(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && wrong.getCommandLine().getParent() == null) {
      String unknown = unmatched.getUnmatched().getFirst();
      // The library always finds something: without the same start it is no likeness.
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
    return String.valueOf(wrong.getMessage()).lines().findFirst().orElse("") + ".";
  }

  int failed(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof CommandException commandException) {
      return tell(commandException.exitCode(), commandException.lines());
    }
    if (invocation.debug()) {
      failure.printStackTrace(terminal.err());
    }
    return tell(
        ExitCode.UNEXPECTED,
        List.of(
            "Unexpected: %s: %s. Run it again with --debug for the trace."
                .formatted(failure.getClass().getSimpleName(), failure.getMessage())));
  }

  private int tell(ExitCode exitCode, List<String> lines) {
    lines.forEach(terminal::say);
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
