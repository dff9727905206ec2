package dev.sluice.cli.command.deadletter;

import dev.sluice.cli.terminal.CommandException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a command that changes dead letters, selected by id or by options. */
final class SelectionOptions {
  @Parameters(paramLabel = "DEAD_LETTER", arity = "0..*", description = "Ids of the dead letters.")
  private @Nullable List<String> ids;

  @Mixin private FilterOptions filterOptions = new FilterOptions();

  @Mixin private BulkOptions bulkOptions = new BulkOptions();

  @Mixin private AuditOptions auditOptions = new AuditOptions();

  AuditOptions audit() {
    return auditOptions;
  }

  /**
   * Checks that the dead letters are selected in one way.
   *
   * @throws CommandException if they are not
   */
  void check() {
    if (ids().isEmpty() == (filterOptions.filter().isEmpty() && !bulkOptions.all())) {
      throw CommandException.usageError(
          "Select dead letters by id, by options such as --code, or with --all.");
    }
  }

  /** The only dead letter to change; empty if it takes a job. */
  Optional<String> single() {
    return ids().size() == 1 && !bulkOptions.dryRun()
        ? Optional.of(ids().getFirst())
        : Optional.empty();
  }

  /** Adds the selection to the request of a job. */
  void addTo(ObjectNode request) {
    bulkOptions.addTo(request);
    if (ids().isEmpty()) {
      ObjectNode object = request.putObject("filter");
      filterOptions.filter().forEach(object::put);
    } else {
      ArrayNode array = request.putArray("ids");
      ids().forEach(array::add);
    }
  }

  /** picocli passes null for an absent parameter. */
  private List<String> ids() {
    return ids == null ? List.of() : ids;
  }
}
