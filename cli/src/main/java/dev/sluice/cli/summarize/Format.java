package dev.sluice.cli.summarize;

import dev.sluice.cli.json.Json;
import dev.sluice.cli.terminal.Stop;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** How summaries are written: the file's ending says it. */
enum Format {
  JSON_LINES {
    @Override
    String entry(String document, Summary summary) {
      ObjectNode line = Json.object().put("file", document);
      switch (summary) {
        case Summary.Written written -> line.put("summary", written.text());
        case Summary.Missing missing ->
            line.putObject("error").put("code", missing.code()).put("message", missing.message());
      }
      return Json.line(line) + "\n";
    }
  },
  MARKDOWN {
    @Override
    String entry(String document, Summary summary) {
      return "## %s\n\n%s\n\n".formatted(document, text(summary));
    }
  },
  TEXT {
    @Override
    String entry(String document, Summary summary) {
      String underline = "=".repeat(Math.max(1, document.codePointCount(0, document.length())));
      return "%s\n%s\n\n%s\n\n".formatted(document, underline, text(summary));
    }
  };

  abstract String entry(String document, Summary summary);

  /** JSON lines for stdout, which has no ending. */
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
    throw Stop.wrongUsage(
        "--out %s: the name must end in .jsonl, .md or .txt.".formatted(file.orElseThrow()));
  }

  private static String text(Summary summary) {
    return switch (summary) {
      case Summary.Written written -> written.text().strip();
      case Summary.Missing missing ->
          "Not summarised: %s: %s".formatted(missing.code(), missing.message());
    };
  }
}
