package dev.sluice.platform.route;

import java.util.HashMap;
import java.util.Map;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Creates routes from settings, including the defaults, for tests. */
public final class TestRoutes {
  private TestRoutes() {}

  /**
   * A route to an unreachable provider.
   *
   * @param settings values by their name below {@code sluice.routes[0]}
   */
  public static RouteSettings route(String name, Map<String, ?> settings) {
    StandardEnvironment environment = new StandardEnvironment();
    Map<String, Object> properties = new HashMap<>();
    properties.put("sluice.routes[0].name", name);
    properties.put("sluice.routes[0].provider.url", "http://127.0.0.1/v1");
    settings.forEach((key, value) -> properties.put("sluice.routes[0]." + key, value));
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    return Routes.of(environment).all().getFirst();
  }
}
