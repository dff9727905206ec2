package dev.sluice.cli.invocation;

import dev.sluice.cli.client.Connection;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.Terminal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;

/** One run of the command: the options that all commands share, and what they make. */
public final class Invocation {
  private final Terminal terminal;

  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "Where Sluice is (SLUICE_URL, else http://127.0.0.1:8080).")
  private @Nullable String url;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      scope = ScopeType.INHERIT,
      description = "Its API key (SLUICE_API_KEY).")
  private @Nullable String apiKey;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Whose certificate it shows, in PEM (SLUICE_CACERT, else those that Java trusts).")
  private @Nullable Path cacert;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print machine-readable JSON on stdout.")
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
        Connection.of(url, apiKey, cacert, terminal.environment()), terminal.pause());
  }

  public boolean json() {
    return json;
  }

  public boolean debug() {
    return debug;
  }

  /** One JSON value, as a line of stdout. */
  public void print(JsonNode value) {
    terminal.out().println(JsonValues.line(value));
  }
}
