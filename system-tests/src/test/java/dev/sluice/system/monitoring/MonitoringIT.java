package dev.sluice.system.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that dashboard, alert rules and documentation name exactly the exported metrics. */
class MonitoringIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Path MONITORING = Checkout.root().resolve("docs/monitoring");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final Pattern METRIC = Pattern.compile("\\b(?:sluice|gen_ai)_[a-z0-9_]+");
  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:sluice|gen_ai)_[a-z0-9_]+)\\{([^}]*)}");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)");
  private static final Pattern ROW = Pattern.compile("^\\| `((?:sluice|gen_ai)_[a-z0-9_]+)` \\|");

  /** Exported only after faults and calls that this test does not cause, or with members. */
  private static final Set<String> CONDITIONAL =
      Set.of(
          "sluice_fleet_ignored_total",
          "sluice_collect_ignored_total",
          "sluice_live_throttles_total",
          "sluice_live_calls_total",
          "sluice_live_cost_dollars_total",
          "sluice_live_wait_seconds",
          "sluice_member_calls_running",
          "sluice_member_held",
          "sluice_member_limit_per_minute");

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;
  private static @Nullable Exposition exposition;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    sluice =
        RunningSluice.start(
            Objects.requireNonNull(folder).resolve("home"), "--rpm", "6000", "--tpm", "2000000");
    StringBuilder lines = new StringBuilder();
    for (String fault :
        List.of("", "", "[[sluice:400]]", "[[sluice:429=1sx1]]", "[[sluice:500x1]]")) {
      lines.append(
          """
          {"custom_id":"%d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"%s Rivers bend."}]}}
          """
              .formatted(lines.length(), fault));
    }
    Path file = Files.writeString(folder.resolve("tasks.jsonl"), lines);
    Checkout.RunResult runResult =
        sluice.cli("submit", file.toString(), "--watch", "--out", folder.resolve("o").toString());
    assertThat(runResult.err()).contains("4 of 5 completed");
    Set<String> expected = documented();
    expected.removeAll(CONDITIONAL);
    // Some metrics exist only after what they count, which may follow the end of the batch.
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              exposition = Exposition.of(scrape("producer"), scrape("worker-1"));
              assertThat(exposition().families()).containsAll(expected);
            });
  }

  @AfterAll
  static void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @Test
  void dashboardQueriesOnlyExportedMetrics() throws IOException {
    List<String> queries = new ArrayList<>();
    JsonNode dashboard =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(MONITORING.resolve("sluice-dashboard.json")));
    dashboard.findValues("expr").forEach(query -> queries.add(query.asString()));
    assertThat(queries).hasSizeGreaterThan(20);
    assertThat(unknown(String.join("\n", queries))).isEmpty();
  }

  @Test
  void rulesQueryOnlyExportedMetrics() throws IOException {
    String rules = Files.readString(MONITORING.resolve("sluice-rules.yaml"));
    assertThat(METRIC.matcher(rules).results().count()).isGreaterThan(10);
    assertThat(unknown(rules)).isEmpty();
  }

  @Test
  void documentationListsExactlyTheExportedMetrics() throws IOException {
    Set<String> expected = new TreeSet<>(exposition().families());
    expected.addAll(CONDITIONAL);
    assertThat(documented()).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static Set<String> documented() throws IOException {
    Set<String> documented = new TreeSet<>();
    Files.readString(Checkout.root().resolve("docs/metrics.md"))
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::find)
        .forEach(row -> documented.add(row.group(1)));
    return documented;
  }

  @Test
  void noLabelHasUnboundedValues() {
    Map<String, Set<String>> unexpected = new TreeMap<>(exposition().labels());
    unexpected.keySet().removeIf(name -> !name.startsWith("sluice_"));
    assertThat(unexpected.values().stream().flatMap(Set::stream).distinct())
        .doesNotContain("task", "batch", "custom_id", "model", "project", "key");
  }

  @Test
  void promtoolAcceptsTheRulesAndTheirTests() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(PROMTOOL),
        "promtool is not installed: `./sluice test` installs Debian's prometheus as root");
    for (List<String> command :
        List.of(
            List.of("check", "rules", "sluice-rules.yaml"),
            List.of("test", "rules", "sluice-rules-test.yaml"))) {
      List<String> all = new ArrayList<>(List.of(PROMTOOL.toString()));
      all.addAll(command);
      Process process =
          new ProcessBuilder(all).directory(MONITORING.toFile()).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
    }
  }

  /** Metric names that no application exports, and labels that the metrics do not have. */
  private static List<String> unknown(String queries) {
    List<String> unknown = new ArrayList<>();
    for (String name : METRIC.matcher(queries).results().map(m -> m.group()).distinct().toList()) {
      if (!exposition().labels().containsKey(name) && !isLabel(name)) {
        unknown.add(name);
      }
    }
    SELECTOR
        .matcher(queries)
        .results()
        .forEach(
            selector -> {
              Set<String> labels = exposition().labels().getOrDefault(selector.group(1), Set.of());
              LABEL
                  .matcher(selector.group(2))
                  .results()
                  .map(label -> label.group(1))
                  .filter(label -> !labels.contains(label))
                  .forEach(label -> unknown.add(selector.group(1) + "{" + label + "}"));
            });
    return unknown;
  }

  /** In {@code sum by (gen_ai_token_type)} the name is a label. */
  private static boolean isLabel(String name) {
    return exposition().labels().values().stream().anyMatch(labels -> labels.contains(name));
  }

  private static String scrape(String process) throws IOException, InterruptedException {
    String port =
        Files.readString(Objects.requireNonNull(folder).resolve("home/run/" + process + ".port"))
            .strip();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
                    .header(
                        "Authorization",
                        "Bearer "
                            + Objects.requireNonNull(sluice)
                                .environment()
                                .getOrDefault("SLUICE_API_KEY", ""))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static Exposition exposition() {
    return Objects.requireNonNull(exposition);
  }
}
