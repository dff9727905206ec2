package dev.sluice.system.ship;

import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.yaml.snakeyaml.Yaml;

/** Reads the shipped files of the checkout. */
public final class ShippedFiles {
  private ShippedFiles() {}

  static String text(String path) {
    try {
      return Files.readString(Checkout.root().resolve(path));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  /** All documents of a YAML file. */
  static List<Object> yaml(String path) {
    List<Object> documents = new ArrayList<>();
    new Yaml().loadAll(text(path)).forEach(documents::add);
    return documents;
  }

  /** The routes of a routes file, validated as the applications do. */
  static List<RouteSettings> routes(String path) {
    return parsedRoutes(text(path));
  }

  /** The routes of a routes file's text. */
  public static List<RouteSettings> parsedRoutes(String text) {
    StandardEnvironment environment = new StandardEnvironment();
    try {
      new YamlPropertySourceLoader()
          .load("routes", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return Routes.of(environment).all();
  }

  static boolean exists(String path) {
    return Files.exists(Path.of(Checkout.root().toString(), path));
  }

  /** The value at a path of keys and indices. Fails with the path if there is none. */
  static Object at(Object node, Object... keys) {
    Object here = node;
    for (Object key : keys) {
      Object next =
          switch (here) {
            case Map<?, ?> map -> map.get(key);
            case List<?> list when key instanceof Integer index -> list.get(index);
            default -> null;
          };
      if (next == null) {
        throw new AssertionError("nothing at " + List.of(keys) + " (stopped at " + key + ")");
      }
      here = next;
    }
    return here;
  }

  static Map<?, ?> map(Object node, Object... keys) {
    return (Map<?, ?>) at(node, keys);
  }

  static List<?> list(Object node, Object... keys) {
    return (List<?>) at(node, keys);
  }
}
