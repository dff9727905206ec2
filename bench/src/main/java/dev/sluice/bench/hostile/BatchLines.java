package dev.sluice.bench.hostile;

import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The lines of batch files. */
final class BatchLines {
  static final String MODEL = "gpt-4o-mini";

  private BatchLines() {}

  /**
   * Chat requests of at most 20 tokens each.
   *
   * @param prompt the prompt of a line, without characters that JSON escapes; the first line is 1
   */
  static String of(int lines, String model, IntFunction<String> prompt) {
    return IntStream.rangeClosed(1, lines)
        .mapToObj(
            line ->
                """
                {"custom_id":"%d","method":"POST","url":"/v1/chat/completions","body":{"model":"%s","max_tokens":20,"messages":[{"role":"user","content":"%s"}]}}\
                """
                    .formatted(line, model, prompt.apply(line)))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
