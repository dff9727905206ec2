package dev.sluice.bench.prompt;

import dev.sluice.simulator.openai.ParseResult;
import dev.sluice.simulator.openai.RequestReader;
import dev.sluice.testkit.process.Folders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Creates prompts of mixed size: most are short, some are eight times as long. */
public final class BenchmarkTasks {
  public static final String MODEL = "gpt-4o-mini";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final double MEDIAN_WORDS = 180;
  private static final double SPREAD = 0.8;
  private static final int[] REPLY_BOUNDS = {64, 128, 128, 256, 256, 512};
  private static final List<String> WORDS =
      List.of(
          """
          river lock gate keeper winter report of the a water level rose fell slowly
          before noon inspection repaired bridge and barge waited for hours until
          engineers measured pressure again without warning village records show that
          maintenance was late
          """
              .strip()
              .split("\\s+"));

  private BenchmarkTasks() {}

  /** Creates this number of tasks; always the same ones. */
  public static List<BenchmarkTask> make(int count) {
    RandomGenerator random = new SplittableRandom(1);
    List<BenchmarkTask> prompts = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      prompts.add(prompt("task-%04d".formatted(number), random));
    }
    return prompts;
  }

  /** Creates a small task that is in no batch. */
  public static BenchmarkTask small(String id) {
    return prompt(
        id, "Summarise %s: the lock is closed and the gate stays open.".formatted(id), 64);
  }

  private static BenchmarkTask prompt(String id, RandomGenerator random) {
    double drawn = MEDIAN_WORDS * Math.exp(SPREAD * random.nextGaussian());
    StringBuilder text = new StringBuilder("Summarise report " + id + ".");
    for (int word = 0; word < Math.clamp(Math.round(drawn), 20, 1500); word++) {
      text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
      if (word % 12 == 11) {
        text.append('.');
      }
    }
    return prompt(id, text.append('.').toString(), REPLY_BOUNDS[random.nextInt(6)]);
  }

  private static BenchmarkTask prompt(String id, String text, int mostTokens) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", MODEL);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    body.put("max_tokens", mostTokens);
    String json = JSON.writeValueAsString(body);
    return new BenchmarkTask(id, json, charged(json));
  }

  private static long charged(String body) {
    return switch (RequestReader.chat(body.getBytes(StandardCharsets.UTF_8))) {
      case ParseResult.Valid valid -> valid.request().chargedTokens(0);
      case ParseResult.Invalid invalid -> throw new IllegalStateException(invalid.toString());
    };
  }

  /** Mean token charge of a task. */
  public static double meanCharge(List<BenchmarkTask> prompts) {
    return prompts.stream().mapToLong(BenchmarkTask::chargedTokens).average().orElseThrow();
  }

  /** Writes the tasks as a batch file. */
  public static void writeBatch(List<BenchmarkTask> prompts, Path file) {
    Folders.write(file, prompts.stream().map(BenchmarkTasks::line).collect(Collectors.joining()));
  }

  /** Concatenates text, so that the bytes of the body do not change. */
  private static String line(BenchmarkTask prompt) {
    return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}%n"
        .formatted(prompt.id(), prompt.body());
  }
}
