package dev.sluice.cli.summarize;

import dev.sluice.cli.batch.Answer;
import dev.sluice.cli.batch.AnswerCounts;
import dev.sluice.cli.batch.Answers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the summaries in the order of the documents.
 *
 * @param documents names of the documents, in the order of the requests
 */
record SummaryFile(Format format, List<String> documents, Answers answers) {

  void write(OutputStream target, AnswerCounts counts) throws IOException {
    for (int position = 0; position < documents.size(); position++) {
      Answer answer = answers.find(position);
      counts.add(answer);
      target.write(format.entry(documents.get(position), answer).getBytes(StandardCharsets.UTF_8));
    }
  }
}
