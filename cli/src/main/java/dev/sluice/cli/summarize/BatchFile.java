package dev.sluice.cli.summarize;

import dev.sluice.cli.batch.RequestBuilder;
import dev.sluice.cli.batch.RequestBuilder.ChatMessage;
import dev.sluice.cli.batch.RequestFile;
import dev.sluice.cli.batch.RequestFile.RequestLine;
import dev.sluice.cli.terminal.InputProblems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes a batch file with one request per document. */
final class BatchFile {
  private final RequestBuilder requestBuilder;
  private final String prompt;
  private final DocumentReader reader;
  private final LongDocuments longDocuments;
  private final InputProblems inputProblems;

  /**
   * @param inputProblems collects the documents that cannot be sent
   */
  BatchFile(
      RequestBuilder requestBuilder,
      String prompt,
      DocumentReader reader,
      LongDocuments longDocuments,
      InputProblems inputProblems) {
    this.requestBuilder = requestBuilder;
    this.prompt = prompt;
    this.reader = reader;
    this.longDocuments = longDocuments;
    this.inputProblems = inputProblems;
  }

  /**
   * The requests.
   *
   * @param documents names of the documents, in order
   */
  record DocumentRequests(RequestFile requests, List<String> documents) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      requests.close();
    }
  }

  DocumentRequests write(List<Document> documents) throws IOException {
    List<String> names = new ArrayList<>(documents.size());
    RequestFile requests =
        RequestFile.of(
            sink -> {
              for (Document document : documents) {
                if (append(document, sink)) {
                  names.add(document.name());
                }
              }
            });
    return new DocumentRequests(requests, names);
  }

  private boolean append(Document document, RequestFile.Sink sink) throws IOException {
    return switch (reader.read(document)) {
      case DocumentContent.Unreadable unreadable -> reject(document, unreadable.problem());
      case DocumentContent.Text text -> {
        byte[] body =
            requestBuilder.body(ChatMessage.system(prompt), ChatMessage.user(text.text()));
        if (body.length > RequestFile.MAX_REQUEST_BYTES) {
          yield appendSections(document, text.text(), sink);
        }
        sink.add(
            List.of(new RequestLine(document.name(), body, longDocuments.extension(text.text()))));
        yield true;
      }
    };
  }

  private boolean appendSections(Document document, String text, RequestFile.Sink sink)
      throws IOException {
    List<RequestLine> lines =
        new SectionedDocument(requestBuilder, prompt, longDocuments).lines(document.name(), text);
    Optional<RequestLine> tooLarge =
        lines.stream()
            .filter(line -> line.body().length > RequestFile.MAX_REQUEST_BYTES)
            .findFirst();
    if (tooLarge.isPresent()) {
      return reject(document, RequestFile.tooLarge(tooLarge.get().body().length));
    }
    sink.add(lines);
    return true;
  }

  private boolean reject(Document document, String problem) {
    inputProblems.add(document.name() + " " + problem);
    return false;
  }
}
