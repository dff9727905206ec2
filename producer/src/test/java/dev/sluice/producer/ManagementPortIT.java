package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The management endpoints on a separate port, with all endpoints enabled. */
class ManagementPortIT {
  private static final String DATABASE_PASSWORD = "of-the-database-7c1d";
  private static final String METRICS_KEY = "key-of-prometheus-5d0c";
  private static final String PROVIDER_KEY = RunningProducer.PROVIDER_KEY;

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running =
        RunningProducer.start(
            directory.resolve("postgres"),
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "--management.endpoints.web.exposure.include=*",
            "sluice.metrics-key=" + METRICS_KEY,
            "spring.datasource.password=" + DATABASE_PASSWORD);
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @Test
  void apiPortDoesNotServeManagementEndpoints() throws Exception {
    assertThat(producer().send(producer().request("/actuator/prometheus")).statusCode())
        .isEqualTo(404);
    assertThat(producer().send(producer().request("/v1/files")).statusCode()).isEqualTo(200);
  }

  @Test
  void healthNeedsNoKeyAndMetricsNeedTheAdministratorsKey() throws Exception {
    String project =
        JsonMapper.builder()
            .build()
            .readTree(
                producer().send("POST", "/api/keys", "{\"name\":\"x\",\"project\":\"p\"}").body())
            .path("key")
            .asString();

    assertThat(at("/actuator/health/readiness", null).statusCode()).isEqualTo(200);
    assertThat(at("/actuator/health/liveness", null).statusCode()).isEqualTo(200);
    assertThat(at("/actuator/prometheus", null).statusCode()).isEqualTo(401);
    assertThat(at("/actuator/prometheus", project).statusCode()).isEqualTo(403);
    HttpResponse<String> metrics = at("/actuator/prometheus", producer().key());
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body()).contains("sluice_");
    assertThat(metrics.headers().firstValue("content-security-policy")).isPresent();
    assertThat(at("/v1/files", producer().key()).statusCode()).isEqualTo(404);
  }

  @Test
  void metricsKeyReadsOnlyMetrics() throws Exception {
    assertThat(at("/actuator/prometheus", METRICS_KEY).body()).contains("sluice_");
    assertThat(at("/actuator/env", METRICS_KEY).statusCode()).isEqualTo(403);
    for (String path : List.of("/v1/files", "/api/status", "/api/keys", "/actuator/prometheus/")) {
      HttpResponse<String> rejected =
          producer().with(METRICS_KEY).send(producer().with(METRICS_KEY).request(path));
      assertThat(rejected.statusCode()).as(path).isEqualTo(403);
      assertThat(rejected.body()).contains("can only GET /actuator/prometheus");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/env", "/actuator/configprops", "/actuator/beans"})
  void enabledEndpointsShowNoSecret(String endpoint) throws Exception {
    HttpResponse<String> response = at(endpoint, producer().key());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .doesNotContain(
            producer().key(), METRICS_KEY, PROVIDER_KEY, DATABASE_PASSWORD, "guest:guest");
  }

  @Test
  void heapDumpIsNeverServed() throws Exception {
    assertThat(at("/actuator/heapdump", producer().key()).statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> at(String path, @Nullable String key) throws Exception {
    String port =
        producer().context().getEnvironment().getProperty("local.management.port", "none");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return producer().send(request);
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
