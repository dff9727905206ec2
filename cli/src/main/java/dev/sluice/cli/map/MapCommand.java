package dev.sluice.cli.map;

import dev.sluice.cli.batch.Answers;
import dev.sluice.cli.batch.BatchOptions;
import dev.sluice.cli.batch.BatchRunner;
import dev.sluice.cli.batch.CheckOptions;
import dev.sluice.cli.batch.RequestFile;
import dev.sluice.cli.batch.RequestOptions;
import dev.sluice.cli.batch.SampleOptions;
import dev.sluice.cli.client.BatchExtensions;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.ServedModels;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.file.Input;
import dev.sluice.cli.file.Output;
import dev.sluice.cli.file.OutputOptions;
import dev.sluice.cli.file.table.Table;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sluice map}: sends one request per row of a table, and writes the table with the answers.
 * All checks run before the upload.
 */
@Command(
    name = "map",
    description = "Send one request per row of a CSV, TSV or JSON Lines file, and add the answers.")
public final class MapCommand implements Callable<Integer> {
  private final Invocation invocation;
  private final Terminal terminal;

  @Mixin private RequestOptions requestOptions = new RequestOptions();
  @Mixin private AnswerColumns columns = new AnswerColumns();
  @Mixin private BatchOptions batchOptions = new BatchOptions();
  @Mixin private CheckOptions checkOptions = new CheckOptions();
  @Mixin private SampleOptions sampleOptions = new SampleOptions();
  @Mixin private OutputOptions outputOptions = new OutputOptions();

  @Parameters(paramLabel = "FILE", description = "Table in CSV, TSV or JSON Lines; - for stdin.")
  private String file = "";

  @Option(
      names = "--delimiter",
      paramLabel = "CHARACTER",
      description =
          "Delimiter of the columns, such as ; or tab. Default: tab for a TSV file, else the most frequent of , ; and tab in the header.")
  private @Nullable String delimiter;

  @Option(
      names = "--dry-run",
      description =
          "Print the first two requests, and the estimated tokens and cost of all, without a call to the provider.")
  private boolean dryRun;

  public MapCommand(Invocation invocation) {
    this.invocation = invocation;
    this.terminal = invocation.terminal();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    PromptTemplate template =
        PromptTemplate.of(
            requestOptions
                .prompt()
                .orElseThrow(
                    () ->
                        CommandException.usageError(
                            "--prompt or --prompt-file is required, such as --prompt \"Sentiment of: {{review}}\".")));
    Output output = outputOptions.output(terminal);
    if (!dryRun) {
      outputOptions.checkOverwrite(output);
    }
    BatchExtensions extensions = batchOptions.extensions().withCheck(checkOptions.check());
    AddedColumns added = columns.added(extensions.check().map(check -> check.path("schema")));
    Input input = Input.of(file, terminal);
    try (Table table = Table.of(input, delimiter())) {
      checkFormat(table, output);
      added.check(table);
      template.check(table);
      SluiceClient client = invocation.client();
      RowRequests rowRequests =
          new RowRequests(table, template, requestOptions.builder(client), added.names());
      try (RequestFile requests = rowRequests.write(input.name())) {
        ServedModels.of(client).check(requestOptions.model());
        if (dryRun) {
          return new DryRun(invocation, client).print(requests);
        }
        return run(runner(client, extensions), requests, new TableOutput(table, added, output));
      }
    }
  }

  private void checkOptions() {
    requestOptions.check();
    columns.check();
    sampleOptions.check(terminal);
    if (sampleOptions.asks() && file.equals(Input.STDIN)) {
      throw CommandException.usageError(
          "--sample asks on stdin, which has the rows: add --yes, or read the rows from a file.");
    }
  }

  private Optional<Character> delimiter() {
    if (delimiter == null) {
      return Optional.empty();
    }
    String character = delimiter.equals("tab") || delimiter.equals("\\t") ? "\t" : delimiter;
    if (character.length() != 1 || "\"\r\n".contains(character)) {
      throw CommandException.usageError(
          "--delimiter %s must be one character, such as ; or |, or tab.".formatted(delimiter));
    }
    return Optional.of(character.charAt(0));
  }

  private static void checkFormat(Table table, Output output) {
    String name = output.location().toLowerCase(Locale.ROOT);
    boolean jsonLines = name.endsWith(".jsonl") || name.endsWith(".ndjson");
    boolean delimited = name.endsWith(".csv") || name.endsWith(".tsv");
    if (table.isJsonLines() ? delimited : jsonLines) {
      throw CommandException.usageError(
          "--out %s has another format than the input: the rows are written as %s."
              .formatted(
                  output.location(), table.isJsonLines() ? "JSON Lines (.jsonl)" : "CSV or TSV"));
    }
  }

  private BatchRunner runner(SluiceClient client, BatchExtensions extensions) {
    return new BatchRunner(
        invocation,
        batchOptions.submitter(client, terminal),
        new BatchRunner.BatchSettings(batchOptions.name(), extensions, "map.jsonl", "row"));
  }

  private int run(BatchRunner runner, RequestFile requests, TableOutput table)
      throws IOException, InterruptedException {
    try (Answers answers = new Answers(requests.count(), RowRequests::position)) {
      if (!runner.run(requests, sampleOptions, answers)) {
        return ExitCode.BATCH_FAILED.code();
      }
      return runner.finish(
          answers,
          table.output(),
          (target, counts) -> table.write(answers, target, counts),
          requestOptions.cutOffAdvice());
    }
  }
}
