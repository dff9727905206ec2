package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.batch.InputError;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.route.TestRoutes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineRulesTest {
  private static final String CHAT = "/v1/chat/completions";

  private final LineRules rules =
      new LineRules(
          CHAT, new Routes(List.of(route("mini", "gpt-4o-mini"), route("big", "gpt-5*"))));
  private long line;

  @Test
  void validLineResolvesItsRoute() {
    ParsedLine parsed = check(line("a", "POST", CHAT, "{\"model\":\"gpt-5-pro\"}"));
    assertThat(parsed)
        .isInstanceOfSatisfying(
            ParsedLine.Request.class,
            request -> {
              assertThat(request.line()).isEqualTo(1);
              assertThat(request.customId()).isEqualTo("a");
              assertThat(request.route()).isEqualTo("big");
              assertThat(request.model()).isEqualTo("gpt-5-pro");
              assertThat(request.body().text()).isEqualTo("{\"model\":\"gpt-5-pro\"}");
            });
  }

  @Test
  void invalidJsonIsReported() {
    assertThat(errors("{\"custom_id\"")).containsExactly("1 invalid_json_line null");
  }

  @Test
  void allMissingFieldsAreReported() {
    assertThat(errors("{}"))
        .containsExactly(
            "1 missing_required_parameter custom_id",
            "1 missing_required_parameter method",
            "1 missing_required_parameter url",
            "1 missing_required_parameter body");
    assertThat(errors(line("x", "POST", CHAT, "{}")))
        .containsExactly("2 missing_required_parameter body.model");
  }

  @Test
  void tooLongModelIsReported() {
    String longest = "gpt-5" + "x".repeat(507);
    assertThat(check(line("a", "POST", CHAT, "{\"model\":\"%s\"}".formatted(longest))))
        .isInstanceOf(ParsedLine.Request.class);
    ParsedLine tooLong = check(line("b", "POST", CHAT, "{\"model\":\"%sx\"}".formatted(longest)));
    assertThat(((ParsedLine.Invalid) tooLong).errors())
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.code()).isEqualTo("invalid_model");
              assertThat(error.message())
                  .startsWith("The model 'gpt-5xxx")
                  .endsWith("…' has 513 characters; the limit is 512.");
            });
  }

  @Test
  void duplicateCustomIdIsReported() {
    assertThat(check(validLine("a"))).isInstanceOf(ParsedLine.Request.class);
    assertThat(check(validLine("b"))).isInstanceOf(ParsedLine.Request.class);
    assertThat(errors(validLine("a"))).containsExactly("3 duplicate_custom_id custom_id");
  }

  @Test
  void customIdMustBeValidText() {
    assertThat(
            errors(
                "{\"custom_id\":7,\"method\":\"POST\",\"url\":\""
                    + CHAT
                    + "\",\"body\":{\"model\":\"gpt-4o-mini\"}}"))
        .containsExactly("1 missing_required_parameter custom_id");
    assertThat(errors(validLine("a\\u0000b"))).containsExactly("2 invalid_custom_id custom_id");
    assertThat(errors(validLine("\\ud800"))).containsExactly("3 invalid_custom_id custom_id");
    assertThat(errors(validLine("x".repeat(5000))))
        .containsExactly("4 invalid_custom_id custom_id");
  }

  @Test
  void methodAndUrlMustMatchTheBatch() {
    assertThat(errors(line("a", "GET", "/v1/embeddings", "{\"model\":\"gpt-4o-mini\"}")))
        .containsExactly("1 invalid_method method", "1 invalid_url url");
  }

  @Test
  void quotedValuesAreShortenedAndSanitized() {
    assertThat(LineRules.abbreviate("PO\0ST")).isEqualTo("POST");
    assertThat(LineRules.abbreviate("x\ud83dy")).isEqualTo("xy");
    String smileys = "\ud83d\ude00".repeat(100);
    assertThat(LineRules.abbreviate(smileys)).isEqualTo(smileys);
    assertThat(LineRules.abbreviate("a" + smileys)).isEqualTo("a" + smileys.substring(2) + "…");
    assertThat(errors(line("a", "PO\\u0000ST", "\\ud800", "{\"model\":\"gpt-5\\ud800\"}")))
        .containsExactly(
            "1 invalid_method method", "1 invalid_url url", "1 model_not_found body.model");
  }

  @Test
  void unknownModelErrorListsTheServedModels() {
    ParsedLine.Invalid invalid =
        (ParsedLine.Invalid) check(line("a", "POST", CHAT, "{\"model\":\"gpt-9\"}"));
    InputError error = invalid.errors().getFirst();
    assertThat(error.code()).isEqualTo("model_not_found");
    assertThat(error.message())
        .isEqualTo("No route serves the model 'gpt-9'. The routes serve: gpt-4o-mini, gpt-5*.");
  }

  @Test
  void mixedModelsAreReportedIfTheRouteForbidsThem() {
    Routes routes =
        new Routes(
            List.of(
                TestRoutes.route(
                    "strict", Map.of("models", "strict-*", "allow-mixed-models", false)),
                route("free", "free-*")));
    assertThat(errorsOfModels(routes, "strict-a", "strict-a")).isEmpty();
    assertThat(errorsOfModels(routes, "free-a", "free-b")).isEmpty();
    assertThat(errorsOfModels(routes, "strict-a", "strict-b"))
        .containsExactly("2 mismatched_model body.model");
    assertThat(errorsOfModels(routes, "free-a", "strict-b"))
        .containsExactly("2 mismatched_model body.model");
  }

  @Test
  void numberOfTheModelsIsLimited() {
    Routes routes = new Routes(List.of(route("free", "free-*")));
    String[] models = IntStream.range(0, 1001).mapToObj(i -> "free-" + i).toArray(String[]::new);
    assertThat(errorsOfModels(routes, models)).containsExactly("1001 too_many_models body.model");
  }

  private static List<String> errorsOfModels(Routes routes, String... models) {
    LineRules rules = new LineRules(CHAT, routes);
    List<String> errors = new ArrayList<>();
    for (int i = 1; i <= models.length; i++) {
      String text = line("id" + i, "POST", CHAT, "{\"model\":\"" + models[i - 1] + "\"}");
      if (rules.check(new InputLines.Line(i, text.getBytes(StandardCharsets.UTF_8), false))
          instanceof ParsedLine.Invalid invalid) {
        invalid.errors().forEach(e -> errors.add(e.line() + " " + e.code() + " " + e.param()));
      }
    }
    return errors;
  }

  @Test
  void streamingRequestIsReported() {
    assertThat(errors(line("a", "POST", CHAT, "{\"model\":\"gpt-4o-mini\",\"stream\":true}")))
        .containsExactly("1 streaming_unsupported body.stream");
    assertThat(check(line("b", "POST", CHAT, "{\"model\":\"gpt-4o-mini\",\"stream\":false}")))
        .isInstanceOf(ParsedLine.Request.class);
  }

  @Test
  void streamThatIsNotABooleanIsReported() {
    ParsedLine parsed =
        check(line("a", "POST", CHAT, "{\"model\":\"gpt-4o-mini\",\"stream\":\"on\"}"));
    assertThat(((ParsedLine.Invalid) parsed).errors())
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.code()).isEqualTo("invalid_type");
              assertThat(error.param()).isEqualTo("body.stream");
              assertThat(error.message())
                  .isEqualTo("Invalid value for \"stream\": \"on\". It must be false or absent.");
            });
    assertThat(errors(line("b", "POST", CHAT, "{\"model\":\"gpt-4o-mini\",\"stream\":1}")))
        .containsExactly("2 invalid_type body.stream");
  }

  @Test
  void bodyMustBeAnObjectWithinTheSizeLimit() {
    assertThat(errors(line("a", "POST", CHAT, "[]"))).containsExactly("1 invalid_type body");
    String large =
        "{\"model\":\"gpt-4o-mini\",\"x\":\"" + "y".repeat(TaskCodec.MAX_BODY_BYTES) + "\"}";
    assertThat(errors(line("b", "POST", CHAT, large))).containsExactly("2 request_too_large body");
    String largest = large.substring(0, TaskCodec.MAX_BODY_BYTES - 2) + "\"}";
    assertThat(check(line("c", "POST", CHAT, largest))).isInstanceOf(ParsedLine.Request.class);
  }

  private List<String> errors(String text) {
    return ((ParsedLine.Invalid) check(text))
        .errors().stream().map(e -> e.line() + " " + e.code() + " " + e.param()).toList();
  }

  private ParsedLine check(String text) {
    line++;
    return rules.check(new InputLines.Line(line, text.getBytes(StandardCharsets.UTF_8), false));
  }

  private static String validLine(String customId) {
    return line(customId, "POST", CHAT, "{\"model\":\"gpt-4o-mini\"}");
  }

  private static String line(String customId, String method, String url, String body) {
    return "{\"custom_id\":\"%s\",\"method\":\"%s\",\"url\":\"%s\",\"body\":%s}"
        .formatted(customId, method, url, body);
  }

  private static RouteSettings route(String name, String model) {
    return TestRoutes.route(name, Map.of("models", model));
  }
}
