package dev.sluice.bench.harness;

import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RunningSluice;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Batch files, and the batches of a running Sluice. */
public record BatchClient(RunningSluice sluice) {
  private static final Set<String> TERMINAL_STATUSES =
      Set.of("completed", "failed", "expired", "cancelled");
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * Writes a batch file of chat requests.
   *
   * @param idPrefix precedes the line number in {@code custom_id}
   * @param prompt the prompt of a line; the first line is 1
   */
  public static Path write(
      Path file, String idPrefix, int lines, int maxTokens, IntFunction<String> prompt) {
    StringBuilder all = new StringBuilder();
    for (int line = 1; line <= lines; line++) {
      all.append(
          """
          {"custom_id":"%s%d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","max_tokens":%d,"messages":[{"role":"user","content":%s}]}}
          """
              .formatted(idPrefix, line, maxTokens, JSON.writeValueAsString(prompt.apply(line))));
    }
    return Folders.write(file, all);
  }

  /** Submits a batch file with the CLI and returns the id of the batch. */
  public String submit(Path file) {
    return sluice.cli("submit", file.toString()).orThrow().strip();
  }

  /** The batch, as the API returns it. */
  public JsonNode find(String id) {
    return JSON.readTree(sluice.get("/v1/batches/" + id));
  }

  /** Waits until the batch has finished, and returns the lines of its results. */
  public List<JsonNode> awaitResults(String id) {
    sluice.cli("watch", id).orThrow();
    return results(id);
  }

  /** The lines of the results so far. */
  public List<JsonNode> results(String id) {
    return sluice.cli("results", id).orThrow().lines().map(JSON::readTree).toList();
  }

  /** Whether the batch is in a terminal status. */
  public static boolean isFinished(JsonNode batch) {
    return TERMINAL_STATUSES.contains(batch.path("status").asString());
  }

  /** Whether the line has a successful reply. */
  public static boolean isAnswered(JsonNode line) {
    return line.at("/response/status_code").asInt() == 200;
  }
}
