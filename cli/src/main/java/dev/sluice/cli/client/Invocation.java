package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;

/** The options of all commands, and the client that they configure. */
public final class Invocation {
  private final Terminal terminal;

  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = {"URL of the producer.", "Default: $SLUICE_URL, else http://127.0.0.1:8080."})
  private @Nullable String url;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      scope = ScopeType.INHERIT,
      description = "API key. Default: $SLUICE_API_KEY.")
  private @Nullable String apiKey;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "CA certificates to trust, in PEM. Default: $SLUICE_CACERT, else Java's CA certificates.")
  private @Nullable Path cacert;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON on stdout.")
  private boolean json;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an unexpected error.")
  private boolean debug;

  public Invocation(Terminal terminal) {
    this.terminal = terminal;
  }

  public Terminal terminal() {
    return terminal;
  }

  public SluiceClient client() {
    return new SluiceClient(
        Connection.of(url, apiKey, cacert, terminal.environment()), terminal.sleeper());
  }

  public boolean json() {
    return json;
  }

  public boolean debug() {
    return debug;
  }

  /**
   * Prints a result on stdout: the JSON value if {@code --json} is set, else the lines. Returns the
   * exit code.
   */
  public int print(JsonNode value, Supplier<List<String>> lines) {
    if (json) {
      print(value);
    } else {
      lines.get().forEach(terminal.out()::println);
    }
    return ExitCode.SUCCESS.code();
  }

  /**
   * Confirms a change: prints the JSON value on stdout if {@code --json} is set, else the message
   * on stderr. Returns the exit code.
   */
  public int confirm(JsonNode value, String message) {
    if (json) {
      print(value);
    } else {
      terminal.message(message);
    }
    return ExitCode.SUCCESS.code();
  }

  /** Prints a JSON value as one line on stdout. */
  public void print(JsonNode value) {
    terminal.out().println(JsonValues.line(value));
  }
}
