package dev.sluice.common.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class RoutesTest {

  @Test
  void aRouteNeedsANameAndAnAddressOnly() {
    RouteSettings route =
        bound(Map.of("r[0].name", "mini", "r[0].provider.url", "http://p/v1")).getFirst();

    assertThat(route.models()).containsExactly("*");
    assertThat(route.concurrency()).isEqualTo(8);
    assertThat(route.maxAttempts()).isEqualTo(5);
    assertThat(new Routes(List.of(route)).names()).containsExactly("mini");
  }

  @Test
  void everyBrokenRuleIsNamedWithValueAndProperty() {
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
        .isInstanceOf(InvalidRoutes.class)
        .hasMessageContaining(
            "sluice.routes[0].name (Not.Good) is not 1-64 of small letters, digits and hyphens")
        .hasMessageContaining("sluice.routes[0].provider.url (ftp://x) is not an http or https URL")
        .hasMessageContaining(
            "sluice.routes[0].backoff.cap (1s) is below sluice.routes[0].backoff.base (5s)")
        .hasMessageContaining("sluice.routes[0].concurrency (0) is not within 1-1000")
        .hasMessageContaining("sluice.routes[1].provider.url is missing")
        .hasMessageContaining("sluice.routes[2].name (twice) is taken by an earlier route");
  }

  @Test
  void noRouteAtAllIsAnError() {
    assertThatThrownBy(() -> new Routes(List.of()))
        .hasMessage("sluice.routes is empty: at least one route is needed");
  }

  @Test
  void aModelTakesTheRouteThatFitsItClosest() {
    Routes routes =
        new Routes(
            bound(
                Map.of(
                    "r[0].name",
                    "rest",
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
    assertThat(routes.forModel("claude")).map(RouteSettings::name).contains("rest");
  }

  @Test
  void aSlipInTheNameOfALimitIsNoSilentAbsenceOfALimit() {
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
        .hasMessage("sluice.routes[0].limits.rpm is no setting of a route");
  }

  @Test
  void everySettingOfARouteIsKnownHoweverItIsSpelt() {
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
                    "sluice.routes[0].provider.url", "http://p/v1",
                    "sluice.routes[0].provider.api-key", "k",
                    "sluice.routes[0].limits.requestsPerMinute", "30",
                    "sluice.routes[0].backoff.base", "2s")));

    assertThat(Routes.of(environment).all().getFirst().limits().requestsPerMinute()).isEqualTo(30);
  }

  @Test
  void aKeyWhoseVariableIsNotSetIsNotSentAsItStands() {
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
  void aModelHasOneRoute() {
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
        .hasMessage("sluice.routes[1].models (m2) is taken by an earlier route");
  }

  @Test
  void theKeyIsNeverPrinted() {
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
