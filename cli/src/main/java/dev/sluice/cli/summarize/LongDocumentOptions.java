package dev.sluice.cli.summarize;

import dev.sluice.api.batch.ContextBudget;
import dev.sluice.cli.batch.RequestBuilder;
import dev.sluice.cli.client.ServedModels;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.terminal.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for documents that are longer than the model's context length. */
final class LongDocumentOptions {
  private static final long MIN_CONTEXT_TOKENS = 500;
  private static final long MIN_BYTES = 1_000;

  @Option(
      names = "--context-tokens",
      paramLabel = "N",
      description =
          "Context length of the model in tokens. A longer document is split into parts, and the answers for its parts are combined. Default: that of the route, otherwise 100000.")
  private @Nullable Long contextTokens;

  @Option(
      names = "--partial",
      paramLabel = "fail|keep",
      description =
          "What to do with a document of which a part failed: fail it, or keep a summary of the other parts that names the missing pages. Default: fail.")
  private String partial = "fail";

  /**
   * Checks the options.
   *
   * @throws CommandException if one is invalid
   */
  void check() {
    if (contextTokens != null && contextTokens < MIN_CONTEXT_TOKENS) {
      throw CommandException.usageError(
          "--context-tokens (%d) must be at least %d."
              .formatted(contextTokens, MIN_CONTEXT_TOKENS));
    }
    if (!List.of("fail", "keep").contains(partial)) {
      throw CommandException.usageError("--partial %s must be fail or keep.".formatted(partial));
    }
  }

  /**
   * Finds the documents that are too long; queries the producer for the context length, unless all
   * files are so small that they fit any model, or too large.
   */
  LongDocuments longDocuments(
      SluiceClient client, List<Document> documents, RequestBuilder requestBuilder, String prompt)
      throws InterruptedException {
    if (contextTokens != null) {
      return new LongDocuments(contextTokens, "--context-tokens", partial, requestBuilder, prompt);
    }
    long ofRoute =
        documents.stream().anyMatch(LongDocumentOptions::mayBeLong)
            ? ServedModels.of(client).contextTokens(requestBuilder.model())
            : 0;
    return ofRoute > 0
        ? new LongDocuments(ofRoute, "the route's setting", partial, requestBuilder, prompt)
        : new LongDocuments(
            ContextBudget.DEFAULT_CONTEXT_TOKENS,
            "assumed; set it with --context-tokens",
            partial,
            requestBuilder,
            prompt);
  }

  private static boolean mayBeLong(Document document) {
    try {
      long bytes = Files.size(document.path());
      return bytes > MIN_BYTES
          && (bytes <= DocumentContent.MAX_BYTES
              || DocumentReader.needsExtraction(document.path()));
    } catch (IOException unreadable) {
      return false; // reported when it is read
    }
  }
}
