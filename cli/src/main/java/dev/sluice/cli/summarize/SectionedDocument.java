package dev.sluice.cli.summarize;

import dev.sluice.cli.batch.RequestBuilder;
import dev.sluice.cli.batch.RequestBuilder.ChatMessage;
import dev.sluice.cli.batch.RequestFile.RequestLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The lines for a document that is longer than the largest request: one for each section, which the
 * producer splits, and the document's own line, which is made from their answers.
 */
final class SectionedDocument {
  private static final Pattern BRACES = Pattern.compile("\\{(?=\\{)");
  private static final String SECTION = "#section ";
  private static final String PLACE = "@answers@";
  private static final String WHOLE =
      "The document is too long for one request. These are the answers for its %d sections, in their order. Make one answer for the whole document from them.\n\n"
          + PLACE;

  private final RequestBuilder requestBuilder;
  private final String prompt;
  private final LongDocuments longDocuments;

  SectionedDocument(RequestBuilder requestBuilder, String prompt, LongDocuments longDocuments) {
    this.requestBuilder = requestBuilder;
    this.prompt = prompt;
    this.longDocuments = longDocuments;
  }

  /** Whether a custom id is that of a section of the document. */
  static boolean isSection(String customId, String document) {
    return customId.startsWith(document + SECTION);
  }

  /** The lines of a document. */
  List<RequestLine> lines(String name, String text) {
    List<String> sections = DocumentSections.of(text);
    int count = sections.size();
    List<String> names =
        IntStream.rangeClosed(1, count)
            .mapToObj(number -> "%s%s%d/%d".formatted(name, SECTION, number, count))
            .toList();
    List<String> labels =
        IntStream.rangeClosed(1, count)
            .mapToObj(number -> "section %d of %d".formatted(number, count))
            .toList();
    List<RequestLine> lines = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      byte[] body =
          requestBuilder.body(ChatMessage.system(prompt), ChatMessage.user(sections.get(at)));
      lines.add(
          new RequestLine(names.get(at), body, Optional.of(longDocuments.sectionExtension())));
    }
    lines.add(
        new RequestLine(
            name, whole(count), Optional.of(longDocuments.wholeExtension(names, labels))));
    return lines;
  }

  /** The request for the whole document; braces of the prompt are no placeholder. */
  private byte[] whole(int sections) {
    byte[] body =
        requestBuilder.body(
            ChatMessage.system(prompt), ChatMessage.user(WHOLE.formatted(sections)));
    String json = BRACES.matcher(new String(body, StandardCharsets.UTF_8)).replaceAll("\\\\u007b");
    int place = json.lastIndexOf(PLACE);
    return (json.substring(0, place) + "{{answers}}" + json.substring(place + PLACE.length()))
        .getBytes(StandardCharsets.UTF_8);
  }
}
