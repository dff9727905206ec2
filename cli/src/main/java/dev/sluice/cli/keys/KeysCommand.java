package dev.sluice.cli.keys;

import dev.sluice.cli.client.ApiKeyLimits;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.invocation.Invocation;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.layout.TextTable;
import dev.sluice.cli.terminal.ExitCode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice keys}: one command for each thing that is done with keys. */
@Command(
    name = "keys",
    description = "The API keys of the projects; needs the producer's own key (sluice.api-key).")
public final class KeysCommand {
  private final Invocation invocation;

  public KeysCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(name = "create", description = "Make a key. It is shown once: keep it.")
  int create(
      @Parameters(paramLabel = "NAME", description = "Whose key it is.") String name,
      @Option(
              names = "--project",
              paramLabel = "PROJECT",
              description =
                  "The project that it opens (default): files and batches of others are out of its sight.")
          @Nullable String project,
      @Mixin LimitOptions share) {
    JsonNode made = client().createKey(name, project, share.share());
    if (invocation.json()) {
      invocation.print(made);
    } else {
      invocation.terminal().out().println(made.path("key").asString(""));
      invocation
          .terminal()
          .say(
              "%s of project %s. The key is not shown again."
                  .formatted(
                      made.path("id").asString(""), made.path("project").asString("default")));
    }
    return ExitCode.DONE.code();
  }

  @Command(name = "list", description = "All keys, without what is secret of them.")
  int list() throws InterruptedException {
    JsonNode keys = client().keys().path("data");
    if (invocation.json()) {
      invocation.print(JsonValues.object().set("keys", keys));
    } else if (keys.isEmpty()) {
      invocation.terminal().out().println("No keys yet.");
    } else {
      TextTable table = new TextTable("KEY", "PROJECT", "MADE", "REVOKED", "LIVE CALLS", "NAME");
      for (JsonNode key : keys) {
        table.row(
            key.path("id").asString(""),
            key.path("project").asString(""),
            time(key.path("created_at")),
            time(key.path("revoked_at")),
            ApiKeyLimits.of(key).text(),
            key.path("name").asString(""));
      }
      table.lines().forEach(invocation.terminal().out()::println);
    }
    return ExitCode.DONE.code();
  }

  @Command(
      name = "share",
      description =
          "What a key may take with live calls, from its next one on. What is left out is lifted.")
  int share(
      @Parameters(paramLabel = "KEY", description = "Its id, as `keys list` shows it.") String id,
      @Mixin LimitOptions share) {
    JsonNode changed = client().shareKey(id, share.share());
    if (invocation.json()) {
      invocation.print(changed);
    } else {
      String bound = ApiKeyLimits.of(changed).text();
      invocation
          .terminal()
          .say(
              "%s: %s."
                  .formatted(
                      changed.path("id").asString(""),
                      bound.equals("-") ? "as much as the route takes" : bound));
    }
    return ExitCode.DONE.code();
  }

  @Command(name = "revoke", description = "From now on, the key opens nothing.")
  int revoke(
      @Parameters(paramLabel = "KEY", description = "Its id, as `keys list` shows it.") String id) {
    JsonNode revoked = client().revokeKey(id);
    if (invocation.json()) {
      invocation.print(revoked);
    } else {
      invocation.terminal().say("%s is revoked.".formatted(revoked.path("id").asString("")));
    }
    return ExitCode.DONE.code();
  }

  private SluiceClient client() {
    return invocation.client();
  }

  private static String time(JsonNode seconds) {
    return seconds.isNumber() ? Instant.ofEpochSecond(seconds.asLong()).toString() : "-";
  }
}
