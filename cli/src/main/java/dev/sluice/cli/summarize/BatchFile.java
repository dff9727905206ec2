package dev.sluice.cli.summarize;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.InputProblems;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a batch file with one request per document. */
final class BatchFile {
  private final RequestBuilder requestBuilder;
  private final DocumentReader reader;
  private final InputProblems inputProblems;

  /**
   * @param inputProblems collects the documents that cannot be sent
   */
  BatchFile(RequestBuilder requestBuilder, DocumentReader reader, InputProblems inputProblems) {
    this.requestBuilder = requestBuilder;
    this.reader = reader;
    this.inputProblems = inputProblems;
  }

  /** Writes the file and returns the names of the written documents, in order. */
  List<String> write(List<Document> documents, Path file) throws IOException {
    List<String> names = new ArrayList<>(documents.size());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      for (Document document : documents) {
        if (append(document, out)) {
          names.add(document.name());
        }
      }
    }
    return names;
  }

  private boolean append(Document document, OutputStream out) throws IOException {
    return switch (reader.read(document)) {
      case DocumentContent.Unreadable unreadable -> reject(document, unreadable);
      case DocumentContent.Text text -> {
        byte[] body = requestBuilder.body(text.text());
        if (body.length > DocumentContent.MAX_REQUEST_BYTES) {
          yield reject(document, DocumentContent.tooLarge(body.length));
        }
        line(document.name(), body, out);
        yield true;
      }
    };
  }

  private boolean reject(Document document, DocumentContent.Unreadable unreadable) {
    inputProblems.add(document.name() + " " + unreadable.problem());
    return false;
  }

  private static void line(String name, byte[] body, OutputStream out) throws IOException {
    String head =
        JsonValues.line(
            JsonValues.object()
                .put("custom_id", name)
                .put("method", "POST")
                .put("url", RequestBuilder.ENDPOINT));
    out.write(
        (head.substring(0, head.length() - 1) + ",\"body\":").getBytes(StandardCharsets.UTF_8));
    out.write(body);
    out.write("}\n".getBytes(StandardCharsets.UTF_8));
  }
}
