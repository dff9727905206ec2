package dev.sluice.cli.summarize;

import dev.sluice.api.batch.ContextBudget;
import dev.sluice.api.batch.TextTokens;
import dev.sluice.cli.batch.RequestBuilder;
import dev.sluice.cli.batch.RequestBuilder.ChatMessage;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.HumanFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Finds documents that are longer than the model's context length: the producer splits them. */
final class LongDocuments {
  private static final long MIN_TOKENS = 100;
  private static final long NOTE_TOKENS = 60;

  private final long contextTokens;
  private final String source;
  private final long maxTokens;
  private final String partial;
  private final String extension;
  private int count;

  /**
   * @param source where the context length comes from, for the message
   * @param partial {@code fail} or {@code keep}
   */
  LongDocuments(
      long contextTokens,
      String source,
      String partial,
      RequestBuilder requestBuilder,
      String prompt) {
    byte[] instructions = requestBuilder.body(ChatMessage.system(prompt), ChatMessage.user(""));
    this.contextTokens = contextTokens;
    this.partial = partial;
    this.source = source;
    this.maxTokens =
        new ContextBudget(
                contextTokens,
                requestBuilder.maxReplyTokens(),
                TextTokens.of(new String(instructions, StandardCharsets.UTF_8)))
            .documentTokens();
    var json = JsonValues.object();
    json.putObject("split").put("context_tokens", contextTokens).put("partial", partial);
    this.extension = JsonValues.line(json);
  }

  /** The member {@code sluice} of the document's line; empty if the document fits. */
  Optional<String> extension(String text) {
    if (TextTokens.of(text) <= maxTokens) {
      return Optional.empty();
    }
    count++;
    return Optional.of(extension);
  }

  /** The member {@code sluice} of the line of a section. */
  String sectionExtension() {
    return extension;
  }

  /** The member {@code sluice} of the line of a document that is made from its sections. */
  String wholeExtension(List<String> sections, List<String> labels) {
    count++;
    var json = JsonValues.object();
    sections.forEach(json.putArray("depends_on")::add);
    labels.forEach(json.putArray("labels")::add);
    json.put("partial", partial).put("max_tokens", Math.max(MIN_TOKENS, maxTokens - NOTE_TOKENS));
    return JsonValues.line(json);
  }

  /** Says how many documents are split; empty if none is. */
  Optional<String> message() {
    return count == 0
        ? Optional.empty()
        : Optional.of(
            "%s longer than the context length of %s tokens (%s) and will be split into parts."
                .formatted(
                    count == 1 ? "1 document is" : HumanFormat.count(count) + " documents are",
                    HumanFormat.count(contextTokens),
                    source));
  }
}
