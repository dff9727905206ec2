package dev.sluice.cli.command;

import dev.sluice.cli.client.ApiKeyLimits;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.TextTable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice keys} and its subcommands. */
@Command(
    name = "keys",
    description = {
      "Manage the API keys of the projects.",
      "Requires the administrator's key (sluice.api-key)."
    })
public final class KeysCommand {
  private final Invocation invocation;

  public KeysCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Command(name = "create", description = "Create an API key. It is printed only once.")
  int create(
      @Parameters(
              paramLabel = "NAME",
              description = "Name of the key, such as the person or service that uses it.")
          String name,
      @Option(
              names = "--project",
              paramLabel = "PROJECT",
              description =
                  "Project of the key; the key gives access only to its files and batches. Default: default.")
          @Nullable String project,
      @Mixin LimitOptions limits) {
    JsonNode created = client().createKey(name, project, limits.limits());
    if (invocation.json()) {
      invocation.print(created);
    } else {
      invocation.terminal().out().println(created.path("key").asString(""));
      invocation
          .terminal()
          .message(
              "Created %s in project %s. The key is not shown again."
                  .formatted(
                      created.path("id").asString(""),
                      created.path("project").asString("default")));
    }
    return ExitCode.SUCCESS.code();
  }

  @Command(name = "list", description = "List all API keys, without their secrets.")
  int list() throws InterruptedException {
    JsonNode keys = client().keys().path("data");
    if (invocation.json()) {
      invocation.print(JsonValues.object().set("keys", keys));
    } else if (keys.isEmpty()) {
      invocation.terminal().out().println("No API keys.");
    } else {
      TextTable table = new TextTable("KEY", "PROJECT", "CREATED", "REVOKED", "LIVE CALLS", "NAME");
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
    return ExitCode.SUCCESS.code();
  }

  @Command(
      name = "limit",
      description =
          "Limit the live calls of an API key, that is the calls whose caller waits for the reply. A limit that is not given is removed.")
  int limit(
      @Parameters(paramLabel = "KEY", description = "Id of the key, see `keys list`.") String id,
      @Mixin LimitOptions limits) {
    JsonNode changed = client().limitKey(id, limits.limits());
    if (invocation.json()) {
      invocation.print(changed);
    } else {
      String text = ApiKeyLimits.of(changed).text();
      invocation
          .terminal()
          .message(
              "%s: %s."
                  .formatted(
                      changed.path("id").asString(""), text.equals("-") ? "no limits" : text));
    }
    return ExitCode.SUCCESS.code();
  }

  @Command(name = "revoke", description = "Revoke an API key.")
  int revoke(
      @Parameters(paramLabel = "KEY", description = "Id of the key, see `keys list`.") String id) {
    JsonNode revoked = client().revokeKey(id);
    if (invocation.json()) {
      invocation.print(revoked);
    } else {
      invocation.terminal().message("Revoked %s.".formatted(revoked.path("id").asString("")));
    }
    return ExitCode.SUCCESS.code();
  }

  private SluiceClient client() {
    return invocation.client();
  }

  private static String time(JsonNode seconds) {
    return seconds.isNumber() ? Instant.ofEpochSecond(seconds.asLong()).toString() : "-";
  }
}
