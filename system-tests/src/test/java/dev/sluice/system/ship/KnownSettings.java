package dev.sluice.system.ship;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Environment variables that an application really binds. */
final class KnownSettings {
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";

  private final Set<String> variables = new TreeSet<>();

  /**
   * Spring Boot's properties and those of one Sluice properties record.
   *
   * @param properties the class name of the record, bound at {@code sluice}
   */
  KnownSettings(String properties) {
    boot();
    bind("sluice", properties);
    add("spring.config.additional-location");
  }

  /** Adds the properties record of a feature. */
  KnownSettings and(String prefix, String properties) {
    bind(prefix, properties);
    return this;
  }

  private void bind(String prefix, String properties) {
    try {
      record(prefix, Class.forName(properties));
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException(missing);
    }
  }

  boolean contains(String variable) {
    return variables.contains(variable);
  }

  private void boot() {
    JsonMapper json = JsonMapper.builder().build();
    try {
      for (URL url : Collections.list(getClass().getClassLoader().getResources(METADATA))) {
        try (InputStream in = url.openStream()) {
          for (JsonNode property : json.readTree(in).path("properties")) {
            add(property.path("name").asString());
          }
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private void record(String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + kebab(component.getName());
      if (component.getType().isRecord()) {
        record(name, component.getType());
      } else {
        add(name);
      }
    }
  }

  /** Adds both forms that Boot binds: without hyphens, and with underscores for hyphens. */
  private void add(String property) {
    String upper = property.toUpperCase(Locale.ROOT).replace('.', '_');
    variables.add(upper.replace("-", ""));
    variables.add(upper.replace('-', '_'));
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
