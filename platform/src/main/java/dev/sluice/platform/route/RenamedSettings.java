package dev.sluice.platform.route;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Reports settings that were renamed. Spring ignores unknown names, so the default would apply
 * silently.
 */
final class RenamedSettings {
  private static final Map<String, String> RENAMED =
      Map.of(
          "sluice.drain.notice", "sluice.shutdown.delay",
          "sluice.files.largest", "sluice.files.max-size",
          "sluice.input.most-lines", "sluice.input.max-lines",
          "sluice.live.unread-bytes", "sluice.live.max-unread-bytes",
          "sluice.live.waiting", "sluice.live.max-waiting-calls",
          "sluice.live.waiting-bytes", "sluice.live.max-waiting-bytes",
          "sluice.retention.after", "sluice.retention.batches-after",
          "sluice.retention.every", "sluice.retention.interval",
          "sluice.retention.letters-after", "sluice.retention.dead-letters-after");

  private RenamedSettings() {}

  /** One message per renamed setting, in any property source. */
  static List<String> problems(Environment environment) {
    return new TreeMap<>(RENAMED)
        .entrySet().stream()
            .filter(renamed -> isSet(environment, ConfigurationPropertyName.of(renamed.getKey())))
            .map(renamed -> "%s is now %s".formatted(renamed.getKey(), renamed.getValue()))
            .toList();
  }

  private static boolean isSet(Environment environment, ConfigurationPropertyName name) {
    return StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
        .anyMatch(source -> source.getConfigurationProperty(name) != null);
  }
}
