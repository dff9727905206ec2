package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.provider.ProviderSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResponsesTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TEXT = "Rain fell on the town. The river rose.";
  private static final String TOOL =
      "\"tools\":[{\"type\":\"function\",\"name\":\"weather\",\"parameters\":{}}]";

  private final HttpClient client = HttpClient.newHttpClient();
  private Simulator simulator;

  @BeforeEach
  void start() {
    simulator =
        Simulator.start(
            SimulatorSettings.local(LimitSettings.of(0, 100_000), ProviderSettings.plain()),
            Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    simulator.close();
    client.close();
  }

  @Test
  void responseHasMessageAndUsage() throws Exception {
    JsonNode response = send("\"instructions\":\"Shorten.\",\"input\":\"%s\"".formatted(TEXT));

    assertThat(response.path("object").asString()).isEqualTo("response");
    assertThat(response.path("status").asString()).isEqualTo("completed");
    assertThat(response.path("instructions").asString()).isEqualTo("Shorten.");
    assertThat(response.at("/output/0/role").asString()).isEqualTo("assistant");
    assertThat(response.at("/output/0/content/0/text").asString()).isEqualTo(TEXT);
    JsonNode usage = response.path("usage");
    assertThat(usage.path("input_tokens").asLong()).isPositive();
    assertThat(usage.path("total_tokens").asLong())
        .isEqualTo(usage.path("input_tokens").asLong() + usage.path("output_tokens").asLong());
  }

  @Test
  void inputItemsWithPartsAndToolOutputsAreAccepted() throws Exception {
    JsonNode response =
        send(
            """
            %s,"input":[
              {"role":"user","content":[{"type":"input_text","text":"%s"},
                                        {"type":"input_image","image_url":"data:image/png;base64,AA=="}]},
              {"type":"function_call","call_id":"c","name":"weather","arguments":"{}"},
              {"type":"function_call_output","call_id":"c","output":"wet"}]"""
                .formatted(TOOL, TEXT));

    assertThat(response.at("/output/0/content/0/text").asString()).isEqualTo(TEXT);
  }

  @Test
  void requestWithFunctionsGetsFunctionCall() throws Exception {
    JsonNode call = send(TOOL + ",\"input\":\"How is the weather?\"").at("/output/0");

    assertThat(call.path("type").asString()).isEqualTo("function_call");
    assertThat(call.path("name").asString()).isEqualTo("weather");
    assertThat(JSON.readTree(call.path("arguments").asString()).isObject()).isTrue();
  }

  @Test
  void truncatedReplyIsIncomplete() throws Exception {
    JsonNode response =
        send("\"max_output_tokens\":16,\"input\":\"%s.\"".formatted("rain and river ".repeat(40)));

    assertThat(response.path("status").asString()).isEqualTo("incomplete");
    assertThat(response.at("/incomplete_details/reason").asString()).isEqualTo("max_output_tokens");
  }

  @Test
  void streamHasNamedEvents() throws Exception {
    String stream = post("\"stream\":true,\"input\":\"%s\"".formatted(TEXT)).body();

    assertThat(stream.lines().filter(line -> line.startsWith("event: ")).distinct())
        .containsExactly(
            "event: response.created",
            "event: response.in_progress",
            "event: response.output_item.added",
            "event: response.content_part.added",
            "event: response.output_text.delta",
            "event: response.output_text.done",
            "event: response.content_part.done",
            "event: response.output_item.done",
            "event: response.completed");
    List<JsonNode> events = events(stream);
    assertThat(text(events, "response.output_text.delta")).isEqualTo(TEXT);
    assertThat(events)
        .extracting(event -> event.path("sequence_number").asInt())
        .isSorted()
        .doesNotHaveDuplicates();
    JsonNode last = events.getLast().path("response");
    assertThat(last.at("/output/0/content/0/text").asString()).isEqualTo(TEXT);
    assertThat(last.at("/usage/output_tokens").asLong()).isPositive();
    assertThat(stream).doesNotContain("[DONE]");
  }

  @Test
  void functionCallStreamsItsArguments() throws Exception {
    List<JsonNode> events =
        events(post(TOOL + ",\"stream\":true,\"input\":\"How is the weather?\"").body());

    assertThat(JSON.readTree(text(events, "response.function_call_arguments.delta")).isObject())
        .isTrue();
    assertThat(events.getLast().at("/response/output/0/name").asString()).isEqualTo("weather");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"temperature\":1 | 400 | input | missing_required_parameter",
        "\"input\":7 | 400 | input | invalid_type",
        "\"input\":[{\"role\":\"user\"}] | 400 | input[0].content | missing_required_parameter",
        "\"input\":\"x\",\"max_output_tokens\":15 | 400 | max_output_tokens | integer_below_min_value",
        "\"input\":\"x\",\"max_output_tokens\":90000 | 400 | max_output_tokens | invalid_value",
      })
  void invalidRequestIsRejected(String members, int status, String param, String code)
      throws Exception {
    HttpResponse<String> rejected = post(members);

    assertThat(rejected.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(rejected.body()).path("error");
    assertThat(error.path("param").asString()).isEqualTo(param);
    assertThat(error.path("code").asString()).isEqualTo(code);
  }

  private static List<JsonNode> events(String stream) {
    return stream
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> JSON.readTree(line.substring("data: ".length())))
        .toList();
  }

  private static String text(List<JsonNode> events, String type) {
    return events.stream()
        .filter(event -> event.path("type").asString().equals(type))
        .map(event -> event.path("delta").asString())
        .collect(Collectors.joining());
  }

  private JsonNode send(String members) throws Exception {
    HttpResponse<String> response = post(members);
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private HttpResponse<String> post(String members) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(simulator.url() + "/responses"))
            .header("Authorization", "Bearer sk-test-12345678")
            .POST(BodyPublishers.ofString("{\"model\":\"gpt-4o-mini\",%s}".formatted(members)))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }
}
