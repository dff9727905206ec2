package dev.sluice.platform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.wire.ServiceTier;
import dev.sluice.platform.route.RouteSettings.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class RoutesTest {

  @Test
  void onlyNameAndUrlAreRequired() {
    RouteSettings route =
        bound(Map.of("r[0].name", "mini", "r[0].provider.url", "http://p/v1")).getFirst();

    assertThat(route.models()).containsExactly("*");
    assertThat(route.concurrency()).isEqualTo(8);
    assertThat(route.maxAttempts()).isEqualTo(5);
    assertThat(new Routes(List.of(route)).names()).containsExactly("mini");
  }

  @Test
  void tierAndItsFallbackAreChecked() {
    RouteSettings route = TestRoutes.route("r", Map.of("tier", "flex"));

    assertThat(route.tier()).isEqualTo(ServiceTier.FLEX);
    assertThat(route.tierFallback())
        .isEqualTo(new RouteSettings.TierFallback(Duration.ofHours(2), 0));
    assertThatThrownBy(
            () ->
                TestRoutes.route(
                    "r",
                    Map.of(
                        "provider.call-timeout", "17m",
                        "tier-fallback.before-deadline", "31d",
                        "tier-fallback.after-refusals", "-1")))
        .hasMessageContaining("sluice.routes[0].provider.call-timeout (17m) is above 16m")
        .hasMessageContaining(
            "sluice.routes[0].tier-fallback.before-deadline (744h) is not within 0s-30d")
        .hasMessageContaining(
            "sluice.routes[0].tier-fallback.after-refusals (-1) is not within 0-1000");
  }

  @Test
  void membersHaveTheSettingsOfTheProviderWithTheirOwnUrlAndKey() {
    RouteSettings route =
        bound(
                Map.of(
                    "r[0].name", "mini",
                    "r[0].provider.api-key", "shared",
                    "r[0].provider.call-timeout", "5m",
                    "r[0].members[0].name", "eu",
                    "r[0].members[0].url", "https://eu.openai.azure.com/v1",
                    "r[0].members[1].name", "own-key",
                    "r[0].members[1].url", "https://api.openai.com/v1",
                    "r[0].members[1].api-key", "own",
                    "r[0].members[1].account", "other"))
            .getFirst();

    assertThat(new Routes(List.of(route)).names()).containsExactly("mini");
    Provider eu = route.of(route.members().get(0)).provider();
    Provider own = route.of(route.members().get(1)).provider();
    assertThat(eu.dialect()).isEqualTo(ProviderDialect.AZURE_OPENAI);
    assertThat(eu.apiKey()).isEqualTo("shared");
    assertThat(eu.callTimeout()).hasMinutes(5);
    assertThat(own.dialect()).isEqualTo(ProviderDialect.OPENAI);
    assertThat(own.apiKey()).isEqualTo("own");
    assertThat(route.members()).extracting(RouteMember::accountName).containsExactly("eu", "other");
    assertThat(route.members().get(0).qualifiedName("mini")).isEqualTo("mini/eu");
    assertThat(route.members().get(1))
        .hasToString(
            "RouteMember[name=own-key, url=https://api.openai.com/v1, order=1, account=other]");
  }

  @Test
  void aRouteWithoutMembersHasItsProviderAsTheOnlyOne() {
    RouteSettings route =
        bound(Map.of("r[0].name", "mini", "r[0].provider.url", "http://p/v1")).getFirst();

    assertThat(route.allMembers()).hasSize(1);
    assertThat(route.allMembers().getFirst().qualifiedName("mini")).isEqualTo("mini");
    assertThat(route.of(route.allMembers().getFirst())).isEqualTo(route);
  }

  @Test
  void aRouteHasAtMost100Members() {
    Map<String, String> settings = new HashMap<>();
    settings.put("r[0].name", "mini");
    settings.put("r[0].provider.url", "http://p/v1");
    for (int i = 0; i <= 100; i++) {
      settings.put("r[0].members[" + i + "].name", "m" + i);
    }
    List<RouteSettings> routes = bound(settings);

    assertThatThrownBy(() -> new Routes(routes))
        .hasMessageContaining("sluice.routes[0].members (101) is not within 0-100");
  }

  @Test
  void mistakesInMembersAreReportedWithValueAndProperty() {
    List<RouteSettings> routes =
        bound(
            Map.of(
                "r[0].name", "mini",
                "r[0].provider.url", "http://p/v1",
                "r[0].members[0].name", "A",
                "r[0].members[0].url", "ftp://x",
                "r[0].members[1].name", "b",
                "r[0].members[1].order", "0",
                "r[0].members[1].api-key", "two words",
                "r[0].members[2].name", "b",
                "r[0].members[2].account", "No"));

    assertThatThrownBy(() -> new Routes(routes))
        .hasMessageContaining(
            "sluice.routes[0].provider.url and the url of a member are both set: remove provider.url, or the url of each member")
        .hasMessageContaining("sluice.routes[0].members[0].name (A) must be 1-64")
        .hasMessageContaining("sluice.routes[0].members[0].url (ftp://x) is not an http or https")
        .hasMessageContaining("sluice.routes[0].members[1].url is required")
        .hasMessageContaining("sluice.routes[0].members[1].order (0) is not within 1-100")
        .hasMessageContaining("sluice.routes[0].members[1].api-key contains whitespace")
        .hasMessageContaining("sluice.routes[0].members[2].name (b) is used by an earlier member")
        .hasMessageContaining("sluice.routes[0].members[2].account (No) must be 1-64");
  }

  @Test
  void everyViolationIsReportedWithValueAndProperty() {
    List<RouteSettings> routes =
        bound(
            Map.of(
                "r[0].name", "Not.Good",
                "r[0].provider.url", "ftp://x",
                "r[0].backoff.base", "5s",
                "r[0].backoff.cap", "1s",
                "r[0].concurrency", "0",
                "r[1].name", "twice",
                "r[2].name", "twice",
                "r[2].provider.url", "https://p/v1"));

    assertThatThrownBy(() -> new Routes(routes))
        .isInstanceOf(InvalidRoutesException.class)
        .hasMessageContaining(
            "sluice.routes[0].name (Not.Good) must be 1-64 lower-case letters, digits and hyphens")
        .hasMessageContaining("sluice.routes[0].provider.url (ftp://x) is not an http or https URL")
        .hasMessageContaining(
            "sluice.routes[0].backoff.cap (1s) is below sluice.routes[0].backoff.base (5s)")
        .hasMessageContaining("sluice.routes[0].concurrency (0) is not within 1-1000")
        .hasMessageContaining("sluice.routes[1].provider.url is required")
        .hasMessageContaining("sluice.routes[2].name (twice) is used by an earlier route");
  }

  @Test
  void headersAndQueryAreBoundAndChecked() {
    RouteSettings route =
        bound(
                Map.of(
                    "r[0].name", "azure",
                    "r[0].provider.url", "https://x.openai.azure.com/openai",
                    "r[0].provider.auth", "api-key",
                    "r[0].provider.headers.OpenAI-Project", "p",
                    "r[0].provider.query.api-version", "2024-10-21"))
            .getFirst();
    assertThat(route.provider().headers()).isEqualTo(Map.of("OpenAI-Project", "p"));
    ProviderConnection connection =
        ProviderConnection.to(route.provider(), new DefaultSslBundleRegistry());
    assertThat(connection.url("/chat/completions"))
        .isEqualTo("https://x.openai.azure.com/openai/chat/completions?api-version=2024-10-21");
    assertThat(connection.headers("/chat/completions", "k", Map.of()))
        .containsOnly(Map.entry("OpenAI-Project", "p"), Map.entry("api-key", "k"));

    List<RouteSettings> invalid =
        bound(
            Map.of(
                "r[0].name", "a",
                "r[0].provider.url", "https://p/v1",
                "r[0].provider.headers.authorization", "Bearer x",
                "r[0].provider.headers.host", "h",
                "r[0].provider.headers.x-team", "a\nb"));
    assertThatThrownBy(() -> new Routes(invalid))
        .hasMessageContaining("sluice.routes[0].provider.headers.authorization contains the key")
        .hasMessageContaining("sluice.routes[0].provider.headers.host is not a header that can")
        .hasMessageContaining("sluice.routes[0].provider.headers.x-team must have a value");
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.anthropic.com/v1, /messages, x-api-key",
    "https://api.anthropic.com/v1, /models, x-api-key",
    "https://api.anthropic.com/v1, /chat/completions, Authorization",
    "https://gateway/v1, /messages/count_tokens, x-api-key",
    "https://gateway/v1, /chat/completions, Authorization"
  })
  void keyIsInTheHeaderOfTheEndpoint(String url, String path, String header) {
    RouteSettings route = bound(Map.of("r[0].name", "a", "r[0].provider.url", url)).getFirst();

    assertThat(
            ProviderConnection.to(route.provider(), new DefaultSslBundleRegistry())
                .headers(path, "k", Map.of("anthropic-beta", "b")))
        .containsKey(header)
        .containsEntry("anthropic-beta", "b")
        .hasSize(header.equals("x-api-key") ? 3 : 2);
  }

  @Test
  void betaFeaturesOfRouteAndCallerAreJoined() {
    RouteSettings route =
        bound(
                Map.of(
                    "r[0].name", "a",
                    "r[0].provider.url", "https://api.anthropic.com/v1",
                    "r[0].provider.headers.anthropic-beta", "one"))
            .getFirst();

    assertThat(
            ProviderConnection.to(route.provider(), new DefaultSslBundleRegistry())
                .headers("/messages", "", Map.of("anthropic-beta", "two")))
        .containsEntry("anthropic-beta", "one,two");
  }

  @Test
  void routesAreSelectedByName() {
    Routes routes =
        new Routes(
            List.of(
                TestRoutes.route("mini", Map.of("models[0]", "mini-*")),
                TestRoutes.route("large", Map.of("models[0]", "large-*")),
                TestRoutes.route("other", Map.of("models[0]", "other-*"))));

    assertThat(routes.select(List.of("other", "mini"), "p").names())
        .containsExactly("mini", "other");
    assertThat(routes.select(List.of(), "p")).isEqualTo(routes);
    assertThatThrownBy(() -> routes.select(List.of("maxi", "mini"), "sluice.worker.routes"))
        .isInstanceOf(InvalidRoutesException.class)
        .hasMessage(
            "sluice.worker.routes (maxi) is not a route; the routes are mini, large, other");
  }

  @Test
  void apiKeyAndMissingApiKeyFileAreBothReported() {
    assertThatThrownBy(
            () ->
                TestRoutes.route(
                    "mini",
                    Map.of("provider.api-key", "sk", "provider.api-key-file", "/no/such/file")))
        .isInstanceOf(InvalidRoutesException.class)
        .hasMessageContaining(
            "sluice.routes[0].provider.api-key-file (/no/such/file) does not exist")
        .hasMessageContaining(
            "sluice.routes[0].provider.api-key and sluice.routes[0].provider.api-key-file are both set: remove one of them");
  }

  @Test
  void emptyGroupHasDefaultsAndScalarInItsPlaceIsRejected() {
    assertThat(TestRoutes.route("mini", Map.of("limits", "")).limits().learn()).isTrue();
    assertThatThrownBy(() -> TestRoutes.route("mini", Map.of("limits", "500")))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void emptyRoutesAreRejected() {
    assertThatThrownBy(() -> new Routes(List.of()))
        .hasMessage("sluice.routes is empty: configure at least one route");
  }

  @Test
  void mostSpecificPatternSelectsRoute() {
    Routes routes =
        new Routes(
            bound(
                Map.of(
                    "r[0].name",
                    "default",
                    "r[0].provider.url",
                    "http://p/v1",
                    "r[1].name",
                    "four",
                    "r[1].provider.url",
                    "http://p/v1",
                    "r[1].models",
                    "gpt-4*",
                    "r[2].name",
                    "mini",
                    "r[2].provider.url",
                    "http://p/v1",
                    "r[2].models",
                    "gpt-4o-mini")));

    assertThat(routes.forModel("gpt-4o-mini")).map(RouteSettings::name).contains("mini");
    assertThat(routes.forModel("gpt-4o")).map(RouteSettings::name).contains("four");
    assertThat(routes.forModel("claude")).map(RouteSettings::name).contains("default");
  }

  @Test
  void unknownSettingIsRejected() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "routes.yaml",
                Map.of(
                    "sluice.routes[0].name", "mini",
                    "sluice.routes[0].provider.url", "http://p/v1",
                    "sluice.routes[0].limits.rpm", "30")));

    assertThatThrownBy(() -> Routes.of(environment))
        .hasMessage("sluice.routes[0].limits.rpm is not a route setting");
  }

  @Test
  void kebabCaseAndCamelCaseSettingsAreAccepted() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "routes.yaml",
                Map.of(
                    "sluice.routes[0].name", "mini",
                    "sluice.routes[0].models[0]", "m1",
                    "sluice.routes[0].models[1]", "m2",
                    "sluice.routes[0].error-rules", "",
                    "sluice.routes[0].provider.url", "http://p/v1",
                    "sluice.routes[0].provider.api-key", "k",
                    "sluice.routes[0].limits.requestsPerMinute", "30",
                    "sluice.routes[0].backoff.base", "2s")));

    assertThat(Routes.of(environment).all().getFirst().limits().requestsPerMinute()).isEqualTo(30);
  }

  @Test
  void errorRulesAndContextAreBound() {
    RouteSettings route =
        TestRoutes.route(
            "mini",
            Map.of(
                "provider.dialect", "azure-openai",
                "error-rules[0].status", "403",
                "error-rules[0].message", "monthly budget",
                "error-rules[0].means", "quota",
                "error-rules[1].code", "queue_full",
                "error-rules[1].means", "RATE_LIMIT",
                "context.max-tokens", "128000",
                "context.overflow", "trim"));

    assertThat(route.provider().dialect()).isEqualTo(ProviderDialect.AZURE_OPENAI);
    assertThat(route.errorRules())
        .containsExactly(
            new ErrorRule(403, "", "monthly budget", ErrorMeaning.QUOTA),
            new ErrorRule(0, "queue_full", "", ErrorMeaning.RATE_LIMIT));
    assertThat(route.context()).isEqualTo(new Context(128_000, Context.Overflow.TRIM));
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, OPENAI",
    "https://x.openai.azure.com/openai/v1, AZURE_OPENAI",
    "https://api.anthropic.com/v1, ANTHROPIC",
    "https://generativelanguage.googleapis.com/v1beta/openai, GEMINI",
    "https://api.groq.com/openai/v1, GROQ",
    "http://localhost:11434/v1, OLLAMA",
    "http://localhost:8000/v1, OPENAI",
    "https://openai.azure.com.example.org/v1, OPENAI",
  })
  void dialectIsDetectedFromHost(String url, ProviderDialect dialect) {
    assertThat(TestRoutes.route("mini", Map.of("provider.url", url)).provider().dialect())
        .isEqualTo(dialect);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, auto, auto, max_completion_tokens",
    "https://eu.api.openai.com/v1, auto, auto, max_completion_tokens",
    "https://x.openai.azure.com/openai/v1, auto, auto, max_completion_tokens",
    "https://proxy.example.org/v1, openai, auto, max_completion_tokens",
    "https://proxy.example.org/v1, auto, auto, max_tokens",
    "https://api.groq.com/openai/v1, auto, auto, max_tokens",
    "http://localhost:8000/v1, vllm, auto, max_tokens",
    "http://localhost:8000/v1, vllm, max_completion_tokens, max_completion_tokens",
    "https://api.openai.com/v1, auto, max-tokens, max_tokens",
  })
  void maxTokensFieldFollowsFromProvider(
      String url, String dialect, String setting, String expected) {
    RouteSettings route =
        TestRoutes.route(
            "mini",
            Map.of(
                "provider.url", url,
                "provider.dialect", dialect,
                "provider.max-tokens-field", setting));

    assertThat(route.provider().maxTokensField().wireName()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "error-rules[0].status=99,error-rules[0].means=api-key | error-rules[0].status (99) is not within 100-599",
        "error-rules[0].status=600,error-rules[0].means=api-key | error-rules[0].status (600) is not within 100-599",
        "error-rules[0].status=204,error-rules[0].means=api-key | error-rules[0].status (204) is not an error status",
        "error-rules[0].means=api-key | error-rules[0].status, code and message are missing: set at least one of them",
        "error-rules[0].status=429 | error-rules[0].means is required: set the meaning of the error",
        "context.max-tokens=-1 | context.max-tokens (-1) is not within 0-1000000000000",
        "context.overflow=trim | context.overflow (trim) requires sluice.routes[0].context.max-tokens",
        "error-rules[0].status=429,error-rules[0].meaning=key | error-rules[0].meaning is not a route setting",
        "error-rules[0].status.code=429 | error-rules[0].status.code is not a route setting",
        "models[0].name=m | models[0].name is not a route setting",
        "context.max-tokenss=1 | context.max-tokenss is not a route setting",
        "provider.url=https://me:secret@p/v1 | provider.url contains credentials, which are not sent: set the key as api-key",
        "provider.url=ftp://me:secret@p/v1 | provider.url (ftp://***@p/v1) is not an http or https URL with a host",
        "provider.url=https://p/v1?key=secret | provider.url has a query or fragment: remove the part after ? or #",
      })
  void violationNamesItsProperty(String settings, String problem) {
    Map<String, String> properties = new HashMap<>();
    for (String setting : settings.split(",", -1)) {
      String[] nameAndValue = setting.split("=", 2);
      properties.put(nameAndValue[0], nameAndValue[1]);
    }

    assertThatThrownBy(() -> TestRoutes.route("mini", properties))
        .isInstanceOf(InvalidRoutesException.class)
        .hasMessage("sluice.routes[0]." + problem);
  }

  @Test
  void apiKeyWithLineBreakIsRejectedAndNotPrinted() {
    assertThatThrownBy(() -> TestRoutes.route("mini", Map.of("provider.api-key", "sk-secret\n")))
        .hasMessage(
            "sluice.routes[0].provider.api-key contains whitespace, a line break or a non-ASCII character: check its source");
  }

  @Test
  void unresolvedPlaceholderInApiKeyIsRejected() {
    List<RouteSettings> routes =
        bound(
            Map.of(
                "r[0].name", "m",
                "r[0].provider.url", "http://p",
                "r[0].provider.api-key", "${OPENAI_API_KEY}"));

    assertThatThrownBy(() -> new Routes(routes))
        .hasMessage(
            "sluice.routes[0].provider.api-key names the environment variable OPENAI_API_KEY, which is not set");
  }

  @Test
  void mostSpecificPatternSelectsPrice() {
    RouteSettings route =
        TestRoutes.route(
            "mini",
            Map.of(
                "prices[0].input-per-million", "5",
                "prices[0].as-of", "2026-11-01",
                "prices[1].model", "gpt-4o*",
                "prices[1].input-per-million", "2.50",
                "prices[1].as-of", "2026-11-01",
                "prices[2].model", "gpt-4o-mini",
                "prices[2].input-per-million", "0.15",
                "prices[2].as-of", "2026-11-02"));

    assertThat(route.priceOf("gpt-4o-mini").orElseThrow().inputPerMillion())
        .isEqualByComparingTo("0.15");
    assertThat(route.priceOf("gpt-4o-2024").orElseThrow().inputPerMillion())
        .isEqualByComparingTo("2.50");
    assertThat(route.priceOf("other").orElseThrow().inputPerMillion()).isEqualByComparingTo("5");
    assertThat(TestRoutes.route("free", Map.of()).priceOf("other")).isEmpty();
  }

  @Test
  void invalidPricesAreReported() {
    assertThatThrownBy(
            () ->
                TestRoutes.route(
                    "mini",
                    Map.of(
                        "prices[0].input-per-million", "-1",
                        "prices[1].as-of", "2026-11-01")))
        .isInstanceOf(InvalidRoutesException.class)
        .hasMessageContaining("sluice.routes[0].prices[0].input-per-million (-1) is below 0")
        .hasMessageContaining(
            "sluice.routes[0].prices[0].as-of is required: set the date of the price list")
        .hasMessageContaining("sluice.routes[0].prices[1].model (*) already has a price")
        .hasMessageContaining(
            "sluice.routes[0].prices[1].input-per-million is required: set the dollars per million tokens");
  }

  @Test
  void renamedSettingsNameTheirSuccessors() {
    assertThatThrownBy(
            () ->
                Routes.of(
                    environment(
                        Map.of(
                            "sluice.routes[0].name", "mini",
                            "sluice.routes[0].window", "10",
                            "sluice.routes[0].answers[0].means", "quota",
                            "sluice.drain.notice", "5s"))))
        .hasMessageContaining(
            "sluice.routes[0].window is not a route setting; it was renamed to max-tasks-in-broker")
        .hasMessageContaining(
            "answers[0].means is not a route setting; it was renamed to error-rules")
        .hasMessageContaining("sluice.drain.notice is now sluice.shutdown.delay");
  }

  @Test
  void renamedSettingsAreFoundInTheEnvironment() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of("SLUICE_RETENTION_LETTERSAFTER", "9d")));

    assertThatThrownBy(() -> Routes.of(environment))
        .hasMessage("sluice.retention.letters-after is now sluice.retention.dead-letters-after");
  }

  private static StandardEnvironment environment(Map<String, Object> properties) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("routes.yaml", properties));
    return environment;
  }

  @Test
  void modelOfTwoRoutesIsRejected() {
    List<RouteSettings> routes =
        bound(
            Map.of(
                "r[0].name",
                "a",
                "r[0].provider.url",
                "http://p",
                "r[0].models",
                "m1,m2",
                "r[1].name",
                "b",
                "r[1].provider.url",
                "http://p",
                "r[1].models",
                "m2"));

    assertThatThrownBy(() -> new Routes(routes))
        .hasMessage("sluice.routes[1].models (m2) is used by an earlier route");
  }

  @Test
  void apiKeyIsNotPrinted() {
    RouteSettings route =
        bound(
                Map.of(
                    "r[0].name",
                    "m",
                    "r[0].provider.url",
                    "http://p",
                    "r[0].provider.api-key",
                    "sk-secret"))
            .getFirst();

    assertThat(route.toString()).doesNotContain("sk-secret");
  }

  private static List<RouteSettings> bound(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bind("r", Bindable.listOf(RouteSettings.class))
        .get();
  }
}
