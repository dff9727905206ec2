package dev.sluice.worker.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.RouteSettings.Context;
import dev.sluice.platform.route.RouteSettings.Context.Overflow;
import dev.sluice.worker.guard.ContextCheck.Fits;
import dev.sluice.worker.guard.ContextCheck.TooLong;
import dev.sluice.worker.guard.ContextCheck.Trimmed;
import dev.sluice.worker.limit.EstimatedUsage;
import dev.sluice.worker.limit.TokenEstimator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ContextGuardTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String RESPONSES = "/v1/responses";
  private static final TokenEstimator ESTIMATOR = new TokenEstimator();

  @ParameterizedTest
  @EnumSource(Overflow.class)
  void tokensAreNotCountedWithoutLimit(Overflow overflow) {
    Payload request = chat(0, user("word ".repeat(10_000)));

    assertThat(check(0, overflow, CHAT, request)).isEqualTo(new Fits(request, null));
  }

  @Test
  void promptAndReplyMustFitTogether() {
    Payload request = chat(100, user("one two three"));
    EstimatedUsage estimatedUsage = ESTIMATOR.estimate(CHAT, request);
    assertThat(estimatedUsage.reply()).isEqualTo(100);

    assertThat(check(estimatedUsage.total(), Overflow.FAIL, CHAT, request))
        .isEqualTo(new Fits(request, estimatedUsage));
    assertThat(check(estimatedUsage.total() - 1, Overflow.FAIL, CHAT, request))
        .isEqualTo(new TooLong(estimatedUsage.total(), estimatedUsage.total() - 1));
  }

  @Test
  void systemPromptBesideMessagesStaysAndToolResultsGoWithTheirCalls() {
    String request =
        """
        {"model":"m","system":"be kind","messages":[{"role":"user","content":"%s"},
        {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"ok"}]},
        {"role":"assistant","content":"a"},{"role":"user","content":"now"}],"max_tokens":10}"""
            .formatted("old ".repeat(200));
    long all = ESTIMATOR.estimate("/v1/messages", Payload.of(request)).total();

    Trimmed trimmed = (Trimmed) check(all - 50, Overflow.TRIM, "/v1/messages", Payload.of(request));

    assertThat(trimmed.request().text())
        .isEqualTo(
            "{\"model\":\"m\",\"system\":\"be kind\",\"messages\":[{\"role\":\"user\",\"content\":\"now\"}],\"max_tokens\":10}");
  }

  @Test
  void limitAppliesToEachChoice() {
    Payload request =
        Payload.of(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":100,\"n\":5}");

    assertThat(check(120, Overflow.FAIL, CHAT, request)).isInstanceOf(Fits.class);
    assertThat(check(100, Overflow.FAIL, CHAT, request))
        .isInstanceOfSatisfying(
            TooLong.class, tooLong -> assertThat(tooLong.tokens()).isBetween(101L, 110L));
  }

  @Test
  void oldestTurnsAreRemovedFirstAndOtherBytesStay() {
    String request =
        """
        {"model" : "m","messages": [ {"role":"system","content":"be kind"} ,
          %s, {"role":"assistant","content":"a1"},
          %s ,{"role":"assistant","content":"a2"} ,
          {"role":"user","content":"zu\\u006cetzt, 日本語 🙂"}  ],"max_tokens":10,"é":1.50e0 }"""
            .formatted(user("old ".repeat(100)), user("newer"));
    long all = ESTIMATOR.estimate(CHAT, Payload.of(request)).total();

    Trimmed trimmed = (Trimmed) check(all - 1, Overflow.TRIM, CHAT, Payload.of(request));

    assertThat(trimmed.turns()).isEqualTo(1);
    assertThat(trimmed.request().text())
        .isEqualTo(
            """
            {"model" : "m","messages": [ {"role":"system","content":"be kind"} ,
              {"role":"user","content":"newer"} ,{"role":"assistant","content":"a2"} ,
              {"role":"user","content":"zu\\u006cetzt, 日本語 🙂"}  ],"max_tokens":10,"é":1.50e0 }""");
    assertThat(trimmed.estimate()).isEqualTo(ESTIMATOR.estimate(CHAT, trimmed.request()));
  }

  @Test
  void noMoreTurnsThanNecessaryAreRemoved() {
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      turns.add(user("question " + i + " word".repeat(50)));
      turns.add(assistant("answer " + i));
    }
    turns.add(user("last"));
    Payload request = chat(10, from(turns, 0));
    long all = ESTIMATOR.estimate(CHAT, request).total();

    for (int excess = 1; excess < 500; excess += 37) {
      Trimmed trimmed = (Trimmed) check(all - excess, Overflow.TRIM, CHAT, request);
      Payload withOneMore = chat(10, from(turns, 2 * (trimmed.turns() - 1)));

      assertThat(trimmed.request()).isEqualTo(chat(10, from(turns, 2 * trimmed.turns())));
      assertThat(ESTIMATOR.estimate(CHAT, withOneMore).total()).isGreaterThan(all - excess);
    }
  }

  private static String[] from(List<String> messages, int first) {
    return messages.subList(first, messages.size()).toArray(String[]::new);
  }

  @Test
  void toolCallsAreRemovedWithTheirResults() {
    Payload request =
        chat(
            10,
            user("first " + "word ".repeat(50)),
            "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"c2\"}]}",
            "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"r1\"}",
            "{\"role\":\"tool\",\"tool_call_id\":\"c2\",\"content\":\"r2\"}",
            assistant("done"),
            user("last"));
    long all = ESTIMATOR.estimate(CHAT, request).total();

    Trimmed trimmed = (Trimmed) check(all - 1, Overflow.TRIM, CHAT, request);

    assertThat(trimmed.request()).isEqualTo(chat(10, user("last")));
  }

  @Test
  void toolResultInLaterTurnLinksTurns() {
    String call = "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\"}]}";
    String result = "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"r\"}";
    String other = user("second, " + "word ".repeat(50));
    Payload linkedToOlder =
        chat(10, user("first"), call, other, result, user("third"), assistant("a"), user("last"));
    Payload linkedToLast =
        chat(10, user("first"), call, other, assistant("a"), user("last"), result);

    assertThat(trimmedByOne(linkedToOlder))
        .isEqualTo(chat(10, user("third"), assistant("a"), user("last")));
    assertThat(trimmedByOne(linkedToLast))
        .isEqualTo(chat(10, user("first"), call, user("last"), result));
  }

  @Test
  void itemsAfterLastUserMessageStay() {
    Payload request =
        chat(
            10,
            user("one " + "word ".repeat(50)),
            assistant("a"),
            user("two"),
            "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\"}]}",
            "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"r\"}");

    assertThat(trimmedByOne(request).text()).contains("two", "c1", "\"r\"").doesNotContain("one");
  }

  @Test
  void consecutiveUserMessagesAreOneTurn() {
    Payload request =
        chat(10, user("old"), assistant("a"), user("the document"), user("the question"));

    assertThat(trimmedByOne(request))
        .isEqualTo(chat(10, user("the document"), user("the question")));
  }

  @Test
  void inputItemsOfResponsesAreTrimmed() {
    Payload request =
        Payload.of(
            "{\"input\":[{\"role\":\"developer\",\"content\":\"d\"},"
                + user("old")
                + ",{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[]},"
                + "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"o\"},"
                + user("last")
                + "],\"max_output_tokens\":5}");
    long all = ESTIMATOR.estimate(RESPONSES, request).total();

    assertThat(((Trimmed) check(all - 1, Overflow.TRIM, RESPONSES, request)).request().text())
        .isEqualTo(
            "{\"input\":[{\"role\":\"developer\",\"content\":\"d\"},"
                + user("last")
                + "],\"max_output_tokens\":5}");
  }

  @Test
  void lastTurnAboveLimitIsTooLong() {
    Payload request = chat(10, user("old"), assistant("a"), user("word ".repeat(200)));

    assertThat(check(100, Overflow.TRIM, CHAT, request)).isInstanceOf(TooLong.class);
  }

  @Test
  void failureDetailNamesBothNumbers() {
    assertThat(new TooLong(150_000, 128_000).detail())
        .isEqualTo(
            "Prompt and reply need about 150000 tokens; context.max-tokens is 128000. No call was made.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messages\":\"LONG\"}",
        "{\"messages\":{\"role\":\"user\",\"content\":\"LONG\"}}",
        "{\"messages\":[\"LONG\",{\"role\":\"user\",\"content\":\"b\"}]}",
        "{\"messages\":[[{\"role\":\"user\",\"content\":\"LONG\"}],{\"role\":\"user\"}]}",
        "{\"prompt\":\"LONG\"}",
        "{\"messages\":[],\"tools\":[\"LONG\"]}",
        "{\"messages\":[{\"role\":\"assistant\",\"content\":\"LONG\"},{\"role\":\"assistant\"}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":\"LONG\"},{\"role\":\"user\"}]}",
        // parsers may use either of the duplicate members
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\"}],\"messages\":[{\"role\":\"user\",\"content\":\"LONG\"},{\"role\":\"assistant\"},{\"role\":\"user\"}]}",
        "{\"messages\":[{\"role\":\"system\",\"role\":\"user\",\"content\":\"LONG\"},{\"role\":\"assistant\"},{\"role\":\"user\"}]}",
      })
  void requestThatCannotBeTrimmedSafelyIsTooLong(String request) {
    Payload payload = Payload.of(request.replace("LONG", "word ".repeat(600)));

    assertThat(check(550, Overflow.TRIM, CHAT, payload)).isInstanceOf(TooLong.class);
    assertThat(check(550, Overflow.TRIM, RESPONSES, payload)).isInstanceOf(TooLong.class);
  }

  @Test
  void otherEndpointsAreNotTrimmed() {
    Payload request =
        Payload.of("{\"input\":[" + user("word ".repeat(600)) + "," + user("a") + "]}");

    assertThat(check(100, Overflow.TRIM, "/v1/embeddings", request)).isInstanceOf(TooLong.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "[]", "{\"messages\":[", "{} {}"})
  void requestThatIsNotJsonObjectPasses(String request) {
    assertThat(check(1, Overflow.TRIM, CHAT, Payload.of(request))).isInstanceOf(Fits.class);
  }

  /** Each turn answers the tool call of the previous turn, so all are linked to the last turn. */
  @Test
  @Timeout(60)
  void manyTurnsAreProcessedInTime() {
    StringBuilder messages = new StringBuilder();
    StringBuilder linked = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      messages.append(user("a")).append(',').append(assistant("b")).append(',');
      linked.append("{\"role\":\"user\",\"tool_call_id\":\"c").append(i).append("\"},");
      linked.append("{\"tool_calls\":[{\"id\":\"c").append(i + 1).append("\"}]},");
    }
    String last = "{\"role\":\"user\",\"tool_call_id\":\"c100000\"}";

    ContextCheck separateTurns =
        check(1000, Overflow.TRIM, CHAT, chat(10, messages + user("last")));
    ContextCheck linkedTurns = check(1000, Overflow.TRIM, CHAT, chat(10, linked + last));

    assertThat(((Trimmed) separateTurns).turns()).isBetween(99_000, 100_000);
    assertThat(linkedTurns).isInstanceOf(TooLong.class);
  }

  @Test
  void deepNestingPasses() {
    String deep = "[".repeat(50_000) + "]".repeat(50_000);
    Payload request = Payload.of("{\"messages\":[{\"role\":\"user\",\"content\":" + deep + "}]}");

    assertThat(check(1, Overflow.TRIM, CHAT, request)).isInstanceOf(Fits.class);
  }

  @Test
  void requestInOtherEncodingIsTrimmedCorrectlyOrTooLong() {
    String text =
        "{\"messages\":["
            + user("old word word")
            + ","
            + assistant("a")
            + ","
            + user("last")
            + "]}";
    byte[] marked = ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8);
    byte[] utf16 = text.getBytes(StandardCharsets.UTF_16BE);

    for (byte[] bytes : List.of(marked, utf16)) {
      Payload request = Payload.of(bytes);
      long all = ESTIMATOR.estimate(CHAT, request).total();
      ContextCheck contextCheck = check(all - 1, Overflow.TRIM, CHAT, request);
      if (contextCheck instanceof Trimmed trimmed) {
        assertThat(Json.object(trimmed.request().bytes())).isPresent();
        assertThat(trimmed.request().text()).contains("last").doesNotContain("old");
      } else {
        assertThat(contextCheck).isInstanceOf(TooLong.class);
      }
    }
  }

  /** Invariants of trimming, with random conversations. */
  @RepeatedTest(300)
  void trimmedRequestIsValidConversation(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> messages = randomConversation(random);
    Payload request = Payload.of(randomlySpaced(random, messages));
    long all = ESTIMATOR.estimate(CHAT, request).total();
    long maxTokens = 1 + random.nextLong(all);

    switch (check(maxTokens, Overflow.TRIM, CHAT, request)) {
      case Fits fits -> assertThat(all).isLessThanOrEqualTo(maxTokens);
      case TooLong tooLong -> assertThat(tooLong.tokens()).isEqualTo(all);
      case Trimmed trimmed -> {
        Payload remaining = trimmed.request();
        assertThat(ESTIMATOR.estimate(CHAT, remaining)).isEqualTo(trimmed.estimate());
        assertThat(trimmed.estimate().total()).isLessThanOrEqualTo(maxTokens);
        List<JsonNode> kept = messages(remaining);
        List<JsonNode> before = messages(request);
        assertThat(before).containsSubsequence(kept);
        assertThat(kept).endsWith(before.getLast());
        assertThat(kept.stream().filter(ContextGuardTest::isInstruction).toList())
            .isEqualTo(before.stream().filter(ContextGuardTest::isInstruction).toList());
        JsonNode first = kept.stream().filter(m -> !isInstruction(m)).findFirst().orElseThrow();
        assertThat(role(first)).isNotEqualTo("tool");
        assertThat(lastUser(kept)).isEqualTo(lastUser(before));
        assertThat(results(kept)).isEqualTo(calls(kept));
        assertThat(isSubsequence(remaining.bytes(), request.bytes())).isTrue();
      }
    }
  }

  private static List<String> randomConversation(Random random) {
    String[] texts = {
      "hi", "größe 日本語 🙂", "a \\\"quoted\\\" {[,]} text", "word ".repeat(30), "\\u00e9"
    };
    List<String> messages = new ArrayList<>();
    int calls = 0;
    for (int i = random.nextInt(12); i >= 0; i--) {
      String text = texts[random.nextInt(texts.length)] + i;
      switch (random.nextInt(5)) {
        case 0 -> messages.add("{\"role\":\"system\",\"content\":\"" + text + "\"}");
        case 1 -> messages.add(assistant(text));
        case 2 -> {
          int first = calls++;
          int second = calls++;
          messages.add(
              "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c%d\"},{\"id\":\"c%d\"}]}"
                  .formatted(first, second));
          messages.add(result(first, text));
          if (random.nextInt(4) == 0) {
            messages.add(user("in between " + text));
          }
          messages.add(result(second, text));
        }
        default -> messages.add(user(text));
      }
    }
    messages.add(user("last"));
    return messages;
  }

  private static String randomlySpaced(Random random, List<String> messages) {
    String[] spaces = {"", " ", "\n  ", "\t\r\n"};
    StringBuilder request = new StringBuilder("{\"model\":\"m\",\"messages\":[");
    for (int i = 0; i < messages.size(); i++) {
      request.append(i == 0 ? "" : ",").append(spaces[random.nextInt(4)]);
      request.append(messages.get(i)).append(spaces[random.nextInt(4)]);
    }
    return request.append("],\"max_tokens\":3}\n").toString();
  }

  private static List<JsonNode> messages(Payload request) {
    List<JsonNode> messages = new ArrayList<>();
    Json.object(request.bytes()).orElseThrow().path("messages").forEach(messages::add);
    return messages;
  }

  private static Set<String> calls(List<JsonNode> messages) {
    Set<String> calls = new HashSet<>();
    for (JsonNode message : messages) {
      message.path("tool_calls").forEach(call -> calls.add(call.path("id").asString()));
    }
    return calls;
  }

  private static Set<String> results(List<JsonNode> messages) {
    Set<String> results = new HashSet<>();
    for (JsonNode message : messages) {
      if (role(message).equals("tool")) {
        results.add(message.path("tool_call_id").asString());
      }
    }
    return results;
  }

  private static JsonNode lastUser(List<JsonNode> messages) {
    return messages.stream().filter(m -> role(m).equals("user")).toList().getLast();
  }

  private static boolean isInstruction(JsonNode message) {
    return role(message).equals("system");
  }

  private static String role(JsonNode message) {
    return message.path("role").asString("");
  }

  @Test
  void taskCanRequestShorterPrompt() {
    Payload request =
        chat(10, SYSTEM_MESSAGE, user("one two three"), assistant("four five"), user("six"));

    assertThat(checkWithTrim(1_000, request)).isInstanceOf(ContextCheck.Fits.class);
    assertThat(((Trimmed) checkWithTrim(25, request)).request().text())
        .contains("\"system\"")
        .doesNotContain("one two three")
        .contains("six");
  }

  @Test
  void lastTurnIsKeptEvenAboveRequestedLength() {
    Payload request =
        chat(10, SYSTEM_MESSAGE, user("one"), assistant("two"), user("six ".repeat(50)));

    assertThat(((Trimmed) checkWithTrim(5, request)).turns()).isEqualTo(1);
    assertThat(checkWithTrim(5, chat(10, user("six ".repeat(50)))))
        .isInstanceOf(ContextCheck.Fits.class);
  }

  private static final String SYSTEM_MESSAGE = "{\"role\":\"system\",\"content\":\"Be kind.\"}";

  private static ContextCheck checkWithTrim(int tokens, Payload request) {
    TaskIds ids = new TaskIds("t", "b", CHAT, "r", Lane.LIVE, "c", null);
    return new ContextGuard(new Context(0, Overflow.FAIL), ESTIMATOR)
        .check(TaskMessage.first(ids, Instant.EPOCH, null, request).withReplyTo("a queue", tokens));
  }

  /** Whether one array is a subsequence of the other, so that no byte was changed or added. */
  private static boolean isSubsequence(byte[] trimmed, byte[] whole) {
    int at = 0;
    for (byte value : whole) {
      if (at < trimmed.length && trimmed[at] == value) {
        at++;
      }
    }
    return at == trimmed.length;
  }

  private static Payload trimmedByOne(Payload request) {
    long all = ESTIMATOR.estimate(CHAT, request).total();
    return ((Trimmed) check(all - 1, Overflow.TRIM, CHAT, request)).request();
  }

  private static ContextCheck check(
      long maxTokens, Overflow overflow, String endpoint, Payload request) {
    TaskIds ids = new TaskIds("t", "b", endpoint, "r", Lane.BATCH, "c", null);
    return new ContextGuard(new Context(maxTokens, overflow), ESTIMATOR)
        .check(TaskMessage.first(ids, Instant.EPOCH, null, request));
  }

  private static Payload chat(int maxTokens, String... messages) {
    return Payload.of(
        "{\"messages\":[%s],\"max_tokens\":%d}".formatted(String.join(",", messages), maxTokens));
  }

  private static String user(String text) {
    return "{\"role\":\"user\",\"content\":\"" + text + "\"}";
  }

  private static String assistant(String text) {
    return "{\"role\":\"assistant\",\"content\":\"" + text + "\"}";
  }

  private static String result(int call, String text) {
    return "{\"role\":\"tool\",\"tool_call_id\":\"c%d\",\"content\":\"%s\"}".formatted(call, text);
  }
}
