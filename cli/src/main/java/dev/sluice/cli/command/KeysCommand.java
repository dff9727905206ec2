package dev.sluice.cli.command;

import dev.sluice.api.ListResponse;
import dev.sluice.api.access.KeyView;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.KeysApi;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.TextTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice keys} and its subcommands. */
@Command(
    name = "keys",
    description = {
      "Manage the API keys of the projects.",
      "Requires the administrator's key (sluice.api-key)."
    })
public final class KeysCommand {
  private static final String NONE = "-";

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
    ApiResponse<KeyView> reply =
        keys()
            .create(
                new KeyView.NewKey(
                    name, project, limits.concurrency, limits.perMinute, limits.budget));
    KeyView created = reply.value();
    if (!invocation.json()) {
      invocation.terminal().out().println(created.key());
    }
    return invocation.confirm(
        reply.json(),
        "Created %s in project %s. The key is not shown again."
            .formatted(created.id(), created.project().isEmpty() ? "default" : created.project()));
  }

  @Command(name = "list", description = "List all API keys, without their secrets.")
  int list() throws InterruptedException {
    ApiResponse<ListResponse<KeyView>> reply = keys().list();
    return invocation.print(
        JsonValues.object().set("keys", reply.json().path("data")),
        () -> lines(reply.value().data()));
  }

  private static List<String> lines(List<KeyView> keys) {
    if (keys.isEmpty()) {
      return List.of("No API keys.");
    }
    TextTable table = new TextTable("KEY", "PROJECT", "CREATED", "REVOKED", "LIVE CALLS", "NAME");
    for (KeyView key : keys) {
      table.row(
          key.id(),
          key.project(),
          time(key.createdAt()),
          time(key.revokedAt()),
          limits(key),
          key.name());
    }
    return table.lines();
  }

  @Command(
      name = "limit",
      description =
          "Limit the live calls of an API key, that is the calls whose caller waits for the reply. A limit that is not given is removed.")
  int limit(
      @Parameters(paramLabel = "KEY", description = "Id of the key, see `keys list`.") String id,
      @Mixin LimitOptions limits) {
    ApiResponse<KeyView> changed =
        keys().limit(id, new KeyView.Limits(limits.concurrency, limits.perMinute, limits.budget));
    String text = limits(changed.value());
    return invocation.confirm(
        changed.json(),
        "%s: %s.".formatted(changed.value().id(), text.equals(NONE) ? "no limits" : text));
  }

  @Command(name = "revoke", description = "Revoke an API key.")
  int revoke(
      @Parameters(paramLabel = "KEY", description = "Id of the key, see `keys list`.") String id) {
    ApiResponse<KeyView> revoked = keys().revoke(id);
    return invocation.confirm(revoked.json(), "Revoked %s.".formatted(revoked.value().id()));
  }

  private KeysApi keys() {
    return invocation.client().keys();
  }

  private static String time(@Nullable Long seconds) {
    return seconds == null ? NONE : Instant.ofEpochSecond(seconds).toString();
  }

  /** Such as {@code 2 concurrent, 30 per minute}. */
  private static String limits(KeyView key) {
    List<String> limits = new ArrayList<>();
    if (key.concurrency() != null) {
      limits.add(key.concurrency() + " concurrent");
    }
    if (key.requestsPerMinute() != null) {
      limits.add(key.requestsPerMinute() + " per minute");
    }
    if (key.budget() != null) {
      limits.add("$" + key.budget().stripTrailingZeros().toPlainString() + " per month");
    }
    return limits.isEmpty() ? NONE : String.join(", ", limits);
  }
}
