package dev.sluice.producer.batch.split;

import dev.sluice.api.batch.ContextBudget;
import dev.sluice.api.batch.TextTokens;
import dev.sluice.common.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Splits the document of a request whose prompt and reply exceed the context length: each part is a
 * request with the same instructions, and a last request combines their answers.
 */
public final class DocumentSplit {
  private static final int MAX_PARTS = 5_000;
  private static final long MIN_DOCUMENT_TOKENS = 200;
  private static final long MAX_OVERLAP_TOKENS = 200;
  private static final int OVERLAP_DIVISOR = 20;
  private static final long NOTE_TOKENS = 60;

  private DocumentSplit() {}

  /** The requests for a document, or why it cannot be split. */
  public sealed interface Result {}

  /** The document fits. */
  public record Fits() implements Result {}

  /**
   * The document is split.
   *
   * @param whole template of the request that combines the answers
   * @param maxTokens maximum tokens of all answers that fit into it
   */
  public record Split(List<Part> parts, Payload whole, long maxTokens) implements Result {}

  /**
   * A part of a document.
   *
   * @param label such as {@code part 3 (p. 41-60)}
   */
  public record Part(String label, Payload body) {}

  /**
   * The document cannot be split.
   *
   * @param problem a sentence without a full stop
   */
  public record Problem(String problem) implements Result {}

  /**
   * Splits the document of a request.
   *
   * @param contextTokens context length of the model, prompt and reply together
   * @param maxReply maximum length of the reply in tokens; empty if the request has none
   */
  public static Result of(Payload request, long contextTokens, OptionalLong maxReply) {
    Optional<DocumentField> found = DocumentField.find(request);
    if (found.isEmpty()) {
      return new Problem(
          "'sluice.split' needs a text to split: the content of the last message of the user, or \"input\" of the Responses API, as a string");
    }
    DocumentField document = found.get();
    long instructions = instructions(document);
    long room = new ContextBudget(contextTokens, maxReply.orElse(0), instructions).documentTokens();
    if (TextTokens.of(document.text()) <= room) {
      return new Fits();
    }
    long limit = room - NOTE_TOKENS;
    return limit < MIN_DOCUMENT_TOKENS
        ? new Problem(
            "A context length of %d tokens leaves %d tokens for a part of the document, after the reply and %d tokens of instructions; at least %d are needed. Ask for shorter answers, or use a model with a longer context"
                .formatted(contextTokens, Math.max(0, limit), instructions, MIN_DOCUMENT_TOKENS))
        : split(document, limit);
  }

  private static Result split(DocumentField document, long limit) {
    String text = document.text();
    List<TextSplitter.Part> parts =
        TextSplitter.split(text, limit, Math.min(MAX_OVERLAP_TOKENS, limit / OVERLAP_DIVISOR));
    if (parts.size() > MAX_PARTS) {
      return new Problem(
          "The document would have %d parts; the limit is %d. Use a model with a longer context"
              .formatted(parts.size(), MAX_PARTS));
    }
    PageRange pages = new PageRange(text);
    List<Part> requests = new ArrayList<>();
    for (TextSplitter.Part part : parts) {
      int number = requests.size() + 1;
      String range = pages.of(part);
      String inBrackets = range.isEmpty() ? "" : " (" + range + ")";
      requests.add(
          new Part(
              "part %d%s".formatted(number, inBrackets),
              document.with(
                  "[Part %d of %d%s of one document]\n\n%s"
                      .formatted(
                          number,
                          parts.size(),
                          inBrackets,
                          text.substring(part.from(), part.end())))));
    }
    return new Split(
        requests,
        document.template(
            "The document is too long for one request. These are the answers for its %d parts, in their order. Make one answer for the whole document from them.\n\n{{answers}}"
                .formatted(parts.size())),
        limit);
  }

  /** The tokens of the request without the document. */
  private static long instructions(DocumentField document) {
    return TextTokens.of(utf8(document.with("")));
  }

  private static String utf8(Payload request) {
    return new String(request.bytes(), StandardCharsets.UTF_8);
  }
}
