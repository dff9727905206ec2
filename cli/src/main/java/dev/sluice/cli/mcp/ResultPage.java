package dev.sluice.cli.mcp;

import dev.sluice.cli.batch.Answer;
import dev.sluice.cli.client.BatchesApi;
import dev.sluice.cli.json.JsonValues;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Collects results of a batch until a number or a size is reached. */
final class ResultPage implements BatchesApi.LineConsumer {
  private static final int MAX_ANSWER_LENGTH = 300;

  private final String batch;
  private final long maxResults;
  private final long maxBytes;
  private final ArrayNode results = JsonValues.object().arrayNode();
  private final List<String> lines = new ArrayList<>();
  private long bytes;
  private String cursor;
  private boolean hasMore;

  /**
   * @param cursor of the last result before this page; empty for the first page
   */
  ResultPage(String batch, String cursor, long maxResults, long maxBytes) {
    this.batch = batch;
    this.cursor = cursor;
    this.maxResults = maxResults;
    this.maxBytes = maxBytes;
  }

  /** Adds a result, or notes that there is another page. A single large result is shortened. */
  @Override
  public void accept(byte[] line) {
    boolean fits = results.isEmpty() || bytes + line.length <= maxBytes;
    hasMore |= !fits || results.size() == maxResults;
    if (hasMore) {
      return;
    }
    ObjectNode result = (ObjectNode) JsonValues.read(line);
    cursor = result.path("sluice").path("cursor").asString("");
    lines.add(text(result));
    results.add(
        BoundedJson.of(
            result,
            (int) maxBytes,
            "The result has %,d bytes. Download it: sluice results %s"
                .formatted(line.length, batch)));
    bytes += line.length;
    hasMore = bytes > maxBytes;
  }

  private static String text(JsonNode result) {
    String name = result.path("custom_id").asString("");
    String text =
        switch (Answer.of(result)) {
          case Answer.Text answer -> answer.text();
          case Answer.Missing missing when missing.code().equals("no_content") ->
              result.path("response").path("body").toString();
          case Answer.Missing missing -> "failed: " + missing.reason();
        };
    return name + ": " + BoundedText.of(text.replaceAll("\\s+", " "), MAX_ANSWER_LENGTH);
  }

  /** The page as the answer of a tool. */
  ToolAnswer answer() {
    String more =
        hasMore
            ? "Next page: 'after' = \"%s\".".formatted(cursor)
            : cursor.isEmpty()
                ? "The batch has no results yet."
                : "No further results are stored. Later ones: 'after' = \"%s\".".formatted(cursor);
    ObjectNode json = JsonValues.object().put("batch", batch);
    json.set("results", results);
    json.put("has_more", hasMore).put("next_after", cursor);
    lines.add(more);
    return new ToolAnswer(lines, json, more);
  }
}
