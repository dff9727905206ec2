package dev.sluice.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Compares openapi.yaml with the controllers of the producer, in both directions. */
class OpenApiTest {
  private static final Contract CONTRACT =
      Contract.read("producer/src/main/resources/openapi.yaml");

  /** As in the producer's application.yaml. */
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** Parameters that a controller reads from the map of all query parameters. */
  private static final Map<String, Set<String>> READ_FROM_MAP =
      Map.of("get /api/dead-letters", Set.of("after", "limit"));

  /** The constants with the names of bodies that are read as a tree. */
  private static final Map<String, String> NAMES_OF_BODY =
      Map.of(
          "post /api/dead-letters/{id}/replay", "DeadLetterController.REPLAY_PARAMETERS",
          "post /api/dead-letters/{id}/discard", "DeadLetterController.AUDIT_PARAMETERS",
          "post /api/dead-letters/{id}/accept", "DeadLetterController.AUDIT_PARAMETERS",
          "post /api/dead-letters/jobs", "BulkJobController.PARAMETERS");

  private static final List<ApiOperation> OPERATIONS = new ArrayList<>();

  @BeforeAll
  static void findControllers() throws ClassNotFoundException {
    OPERATIONS.clear();
    OPERATIONS.addAll(ApiOperation.all());
  }

  @Test
  void hasEveryOperationAndNoOther() {
    Set<String> described = new TreeSet<>();
    CONTRACT
        .at("/paths")
        .forEachEntry(
            (path, methods) ->
                methods.propertyNames().forEach(verb -> described.add(verb + " " + path)));

    assertThat(described)
        .hasSizeGreaterThan(50)
        .isEqualTo(
            OPERATIONS.stream()
                .map(ApiOperation::toString)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void parametersAreThoseOfTheControllers() throws ReflectiveOperationException {
    Set<String> filters = ProducerClass.named("DeadLetterFilter").constant("NAMES");
    for (ApiOperation operation : OPERATIONS) {
      Set<String> expected = operation.parameters();
      Set<String> described = new TreeSet<>();
      Set<String> describedNames = new TreeSet<>();
      for (JsonNode given : described(operation).path("parameters")) {
        JsonNode parameter = CONTRACT.resolved(given);
        String name = parameter.path("name").asString();
        if (!name.startsWith("X-Sluice-")) {
          describedNames.add(name);
          described.add(text(parameter, expected));
        }
      }
      if (operation.bindsQueryAsMap()) {
        Set<String> names = new TreeSet<>(filters);
        names.addAll(READ_FROM_MAP.getOrDefault(operation.toString(), Set.of()));
        assertThat(describedNames).as(operation.toString()).isEqualTo(names);
      } else {
        assertThat(described).as(operation.toString()).isEqualTo(expected);
      }
    }
  }

  /** A default that the controllers do not have, such as that of a missing project, is omitted. */
  private static String text(JsonNode parameter, Set<String> expected) {
    JsonNode schema = parameter.path("schema");
    String text =
        "%s %s %s"
            .formatted(
                parameter.path("in").asString(),
                parameter.path("name").asString(),
                schema.path("type").asString());
    if (parameter.path("required").asBoolean(false)) {
      return text + " required";
    }
    return expected.contains(text) || !schema.has("default")
        ? text
        : text + " default " + schema.path("default").asString();
  }

  @Test
  void liveHeadersAreThoseOfTheLiveRequest() throws ReflectiveOperationException {
    ProducerClass request = ProducerClass.named("LiveRequest");
    Set<String> headers = new TreeSet<>();
    for (String constant : List.of("STEP", "TRIM", "TIMEOUT")) {
      headers.addAll(request.constant(constant));
    }
    for (String path :
        List.of(
            "/v1/chat/completions",
            "/v1/responses",
            "/v1/embeddings",
            "/v1/messages",
            "/v1/messages/count_tokens")) {
      assertThat(
              CONTRACT
                  .at("/paths")
                  .path(path)
                  .path("post")
                  .path("parameters")
                  .valueStream()
                  .map(CONTRACT::resolved)
                  .map(parameter -> parameter.path("name").asString()))
          .containsExactlyInAnyOrderElementsOf(headers);
    }
  }

  @Test
  void responsesHaveTheMembersOfTheRecords() throws ClassNotFoundException {
    RecordComparison comparison = new RecordComparison(CONTRACT, JSON);
    for (ApiOperation operation : OPERATIONS) {
      Type type = operation.handler().getGenericReturnType();
      JsonNode content =
          CONTRACT.resolved(described(operation).at("/responses/200")).path("content");
      JavaType java = JSON.constructType(type);
      if (java.getRawClass().getName().startsWith("dev.sluice.")) {
        comparison.response(
            java, content.path("application/json").path("schema"), operation.toString());
      } else {
        assertThat(java.getRawClass().getSimpleName())
            .as("%s writes its response itself", operation)
            .isIn("void", "SseEmitter");
      }
      assertThat(content.size()).as(operation.toString()).isPositive();
    }
    comparison.response(
        JSON.constructType(ProducerClass.named("ApiError").type()),
        CONTRACT.at("/components/schemas/ErrorResponse"),
        "error");

    assertThat(comparison.problems()).isEmpty();
  }

  @Test
  void requestsHaveTheMembersOfTheRecords() throws ReflectiveOperationException {
    RecordComparison comparison = new RecordComparison(CONTRACT, JSON);
    for (ApiOperation operation : OPERATIONS) {
      Parameter body = operation.body();
      JsonNode schema = described(operation).at("/requestBody/content/application~1json/schema");
      if (body == null) {
        assertThat(schema.isMissingNode() || operation.path().startsWith("/v1/"))
            .as("%s has no body in the controller", operation)
            .isTrue();
      } else if (body.getType() == JsonNode.class) {
        String constant = Objects.requireNonNull(NAMES_OF_BODY.get(operation.toString()));
        int dot = constant.indexOf('.');
        assertThat(names(schema))
            .as(operation.toString())
            .isEqualTo(
                ProducerClass.named(constant.substring(0, dot))
                    .constant(constant.substring(dot + 1)));
      } else if (body.getType() == Map.class) {
        assertThat(names(schema))
            .as(operation.toString())
            .isEqualTo(
                ProducerClass.named("RouteOverrides").constant("LIMITS").stream()
                    .map(limit -> limit + "_per_minute")
                    .collect(Collectors.toCollection(TreeSet::new)));
      } else {
        comparison.request(
            JSON.constructType(body.getParameterizedType()), schema, operation.toString());
      }
    }
    assertThat(comparison.problems()).isEmpty();
  }

  private static Set<String> names(JsonNode schema) {
    return new TreeSet<>(CONTRACT.properties(CONTRACT.schema(schema)).keySet());
  }

  @Test
  void securityIsThatOfTheKeyFilter() throws ReflectiveOperationException {
    ProducerClass type = ProducerClass.named("ApiKeyFilter");
    Object filter = type.create(new WebEndpointProperties());
    for (ApiOperation operation : OPERATIONS) {
      HttpServletRequest request = request(operation);
      Set<String> keys = new TreeSet<>();
      JsonNode security = described(operation).path("security");
      (security.isMissingNode() ? CONTRACT.at("/security") : security)
          .forEach(key -> keys.addAll(key.propertyNames()));
      Set<String> accepted =
          type.test("shouldNotFilter", filter, request)
              ? Set.of()
              : type.test("isForAdmin", filter, request)
                  ? Set.of("AdminKey")
                  : Set.of("AdminKey", "ProjectKey");

      assertThat(keys).as(operation.toString()).isEqualTo(accepted);
      assertThat(described(operation).path("responses").has("401"))
          .as("%s has 401", operation)
          .isEqualTo(!accepted.isEmpty());
      assertThat(described(operation).path("responses").has("403"))
          .as("%s has 403", operation)
          .isEqualTo(accepted.size() == 1);
    }
  }

  private static HttpServletRequest request(ApiOperation operation) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            OpenApiTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getServletPath" -> operation.path();
                  case "getMethod" -> operation.method().toUpperCase(Locale.ROOT);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void everyOperationIsDescribed() {
    Set<String> ids = new TreeSet<>();
    Set<String> tags = new TreeSet<>();
    CONTRACT.at("/tags").forEach(tag -> tags.add(tag.path("name").asString()));
    for (ApiOperation operation : OPERATIONS) {
      JsonNode described = described(operation);
      assertThat(ids.add(described.path("operationId").asString()))
          .as(operation.toString())
          .isTrue();
      assertThat(described.path("summary").asString()).as(operation.toString()).isNotBlank();
      assertThat(tags)
          .as(operation.toString())
          .containsAll(Contract.strings(described.path("tags")));
      assertThat(Contract.strings(described.path("tags"))).hasSize(1);
      assertThat(described.path("responses").propertyNames())
          .as(operation.toString())
          .contains("200", "default");
      if (described.has("requestBody")) {
        assertThat(described.path("responses").has("400")).as(operation.toString()).isTrue();
      }
    }
  }

  @Test
  void everyJsonBodyHasAnExampleThatFitsItsSchema() {
    for (ApiOperation operation : OPERATIONS) {
      JsonNode described = described(operation);
      check(operation + " request", described.path("requestBody").path("content"));
      described
          .path("responses")
          .forEachEntry(
              (status, response) ->
                  check(operation + " " + status, CONTRACT.resolved(response).path("content")));
    }
  }

  private static void check(String place, JsonNode content) {
    content.forEachEntry(
        (type, body) -> {
          if (type.contains("json")) {
            assertThat(body.has("example")).as("%s has an example", place).isTrue();
            assertThat(CONTRACT.problems(body.path("schema"), body.path("example")))
                .as(place)
                .isEmpty();
          }
        });
  }

  @Test
  void everyComponentIsUsed() {
    Set<String> references = CONTRACT.references();
    for (String kind : List.of("parameters", "responses", "schemas")) {
      for (String name : CONTRACT.at("/components/" + kind).propertyNames()) {
        assertThat(references).contains("#/components/" + kind + "/" + name);
      }
    }
  }

  private static JsonNode described(ApiOperation operation) {
    return CONTRACT.at("/paths").path(operation.path()).path(operation.method());
  }
}
