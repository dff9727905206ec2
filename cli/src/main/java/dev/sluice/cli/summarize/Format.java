package dev.sluice.cli.summarize;

import dev.sluice.cli.batch.Answer;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Format of the summaries, selected by the file's extension. */
enum Format {
  JSON_LINES {
    @Override
    String entry(String document, Answer summary) {
      ObjectNode line = JsonValues.object().put("file", document);
      switch (summary) {
        case Answer.Text written -> {
          line.put("summary", written.text());
          if (written.cutOff()) {
            line.put("cut_off", true);
          }
          if (!written.missing().isEmpty()) {
            line.put("partial", true);
            written.missing().forEach(line.putArray("missing")::add);
          }
        }
        case Answer.Missing missing ->
            line.putObject("error").put("code", missing.code()).put("message", missing.message());
      }
      return JsonValues.line(line) + "\n";
    }
  },
  MARKDOWN {
    @Override
    String entry(String document, Answer summary) {
      return "## %s\n\n%s\n\n".formatted(document, text(summary));
    }
  },
  TEXT {
    @Override
    String entry(String document, Answer summary) {
      String underline = "=".repeat(Math.max(1, document.codePointCount(0, document.length())));
      return "%s\n%s\n\n%s\n\n".formatted(document, underline, text(summary));
    }
  };

  abstract String entry(String document, Answer summary);

  /** The format for the extension of a file; JSON lines for stdout. */
  static Format of(Optional<Path> file) {
    String name = file.map(Path::toString).orElse(".jsonl").toLowerCase(Locale.ROOT);
    if (name.endsWith(".jsonl")) {
      return JSON_LINES;
    }
    if (name.endsWith(".md")) {
      return MARKDOWN;
    }
    if (name.endsWith(".txt")) {
      return TEXT;
    }
    throw CommandException.usageError(
        "--out %s must have the extension .jsonl, .md or .txt.".formatted(file.orElseThrow()));
  }

  private static String text(Answer summary) {
    return switch (summary) {
      case Answer.Text written ->
          written.text().strip()
              + (written.cutOff() ? "\n\n[cut off at the token limit]" : "")
              + (written.missing().isEmpty()
                  ? ""
                  : "\n\n[without " + String.join(", ", written.missing()) + "]");
      case Answer.Missing missing -> "Not summarised: " + missing.reason();
    };
  }
}
