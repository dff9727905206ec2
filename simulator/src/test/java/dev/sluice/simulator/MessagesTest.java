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
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Messages API of Anthropic. */
class MessagesTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String REQUEST =
      "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":100,%s\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

  private final HttpClient client = HttpClient.newHttpClient();
  private Simulator simulator = start(LimitSettings.of(0, 0));

  private static Simulator start(LimitSettings limits) {
    return Simulator.start(
        SimulatorSettings.local(limits, ProviderSettings.plain().withKeys(Set.of("sk-ant"))),
        Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    simulator.close();
    client.close();
  }

  @Test
  void replyIsMessageWithUsageThatExcludesCachedTokens() throws Exception {
    HttpResponse<String> response =
        messages(REQUEST.formatted("\"system\":\"Shorten.\",", "[[sluice:cached=5]] It rained."));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("request-id")).get().asString().startsWith("req_");
    assertThat(response.headers().firstValue("anthropic-organization-id")).isPresent();
    JsonNode message = JSON.readTree(response.body());
    assertThat(message.path("type").asString()).isEqualTo("message");
    assertThat(message.path("model").asString()).isEqualTo("claude-sonnet-4-5-20250929");
    assertThat(message.at("/content/0").toString())
        .isEqualTo("{\"type\":\"text\",\"text\":\"It rained.\"}");
    assertThat(message.path("stop_reason").asString()).isEqualTo("end_turn");
    assertThat(message.at("/usage/cache_read_input_tokens").asInt()).isEqualTo(5);
    long input = message.at("/usage/input_tokens").asLong();
    JsonNode counted =
        JSON.readTree(
            post(
                    "/messages/count_tokens",
                    REQUEST.formatted("\"system\":\"Shorten.\",", "[[sluice:cached=5]] It rained."))
                .body());
    assertThat(counted.path("input_tokens").asLong()).isEqualTo(input + 5);
  }

  @Test
  void streamHasAnthropicsEvents() throws Exception {
    String body =
        messages(REQUEST.formatted("\"stream\":true,", "The river rose over its banks.")).body();

    List<JsonNode> events =
        body.lines()
            .filter(line -> line.startsWith("data:"))
            .map(line -> JSON.readTree(line.substring(5)))
            .toList();
    assertThat(events.stream().map(event -> event.path("type").asString()).distinct())
        .containsExactly(
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(
            events.stream()
                .map(event -> event.at("/delta/text").asString(""))
                .collect(Collectors.joining()))
        .isEqualTo("The river rose over its banks.");
    assertThat(events.getFirst().at("/message/usage/input_tokens").asInt()).isPositive();
    assertThat(events.getFirst().at("/message/usage/output_tokens").asInt()).isEqualTo(1);
    assertThat(events.get(events.size() - 2).at("/usage/output_tokens").asInt()).isGreaterThan(4);
  }

  @Test
  void toolIsCalledForUserMessageAndTextFollowsItsResult() throws Exception {
    String tools = "\"tools\":[{\"name\":\"weather\",\"input_schema\":{\"type\":\"object\"}}],";
    JsonNode call = JSON.readTree(messages(REQUEST.formatted(tools, "How is the weather?")).body());
    assertThat(call.path("stop_reason").asString()).isEqualTo("tool_use");
    assertThat(call.at("/content/0/name").asString()).isEqualTo("weather");
    assertThat(call.at("/content/0/input").isObject()).isTrue();

    JsonNode answer =
        JSON.readTree(
            messages(
                    """
                    {"model":"claude-sonnet-4-5","max_tokens":100,%s"messages":[
                    {"role":"user","content":"How is the weather?"},{"role":"assistant","content":[%s]},
                    {"role":"user","content":[{"type":"tool_result","tool_use_id":"%s","content":"It is warm and it is dry."}]}]}"""
                        .formatted(
                            tools, call.at("/content/0"), call.at("/content/0/id").asString()))
                .body());
    assertThat(answer.at("/content/0/text").asString()).isEqualTo("It is warm and it is dry.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [[sluice:400x1]]              | 400 | invalid_request_error
          [[sluice:401x1]]              | 401 | authentication_error
          [[sluice:429x1]]              | 429 | rate_limit_error
          [[sluice:500x1]]              | 500 | api_error
          [[sluice:503x1]]              | 529 | overloaded_error
          [[sluice:insufficient-quota]] | 400 | invalid_request_error
          [[sluice:unknown]]            | 400 | invalid_request_error
          """)
  void faultsAreAnthropicsErrors(String marker, int status, String type) throws Exception {
    HttpResponse<String> response = messages(REQUEST.formatted("", marker));

    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body());
    assertThat(error.path("type").asString()).isEqualTo("error");
    assertThat(error.at("/error/type").asString()).isEqualTo(type);
    assertThat(error.path("request_id").asString())
        .isEqualTo(response.headers().firstValue("request-id").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"messages":[]}                                | model: Field required
          {"model":"claude-sonnet-4-5","messages":[]}     | max_tokens: Field required
          {"model":"claude-sonnet-4-5","max_tokens":5,"messages":[]} | messages: at least one message is required
          {"model":"none","max_tokens":5,"messages":[]}   | model: none
          """)
  void invalidRequestsAreRejectedAsAnthropicDoes(String body, String message) throws Exception {
    HttpResponse<String> response = messages(body);

    assertThat(response.statusCode()).isIn(400, 404);
    assertThat(JSON.readTree(response.body()).at("/error/message").asString()).isEqualTo(message);
  }

  @Test
  void keyAndVersionAreRequired() throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(simulator.url() + "/messages"))
            .POST(BodyPublishers.ofString(REQUEST.formatted("", "A.")));
    assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    request.header("x-api-key", "sk-ant");
    assertThat(client.send(request.build(), BodyHandlers.ofString()).body())
        .contains("anthropic-version: header is required");
  }

  @Test
  void limitsAreInAnthropicsHeaders() throws Exception {
    simulator.close();
    simulator = start(LimitSettings.of(1, 1000));

    HttpResponse<String> first = messages(REQUEST.formatted("", "A."));
    HttpResponse<String> second = messages(REQUEST.formatted("", "B."));

    assertThat(first.headers().firstValue("anthropic-ratelimit-requests-limit")).contains("1");
    assertThat(first.headers().firstValue("x-ratelimit-limit-requests")).isEmpty();
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("retry-after")).isPresent();
    assertThat(second.body()).contains("rate_limit_error", "requests per minute");
  }

  private HttpResponse<String> messages(String body) throws Exception {
    return post("/messages", body);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(simulator.url() + path))
            .header("x-api-key", "sk-ant")
            .header("anthropic-version", "2023-06-01")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
