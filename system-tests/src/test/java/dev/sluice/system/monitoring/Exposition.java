package dev.sluice.system.monitoring;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that an application exports.
 *
 * @param labels all label names seen, by sample name
 */
record Exposition(Map<String, Set<String>> labels) {
  private static final Pattern SAMPLE =
      Pattern.compile("^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"");

  static Exposition of(String... texts) {
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String text : texts) {
      text.lines()
          .map(SAMPLE::matcher)
          .filter(Matcher::find)
          .forEach(
              sample -> {
                Set<String> of = labels.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
                if (sample.group(2) != null) {
                  LABEL.matcher(sample.group(2)).results().forEach(l -> of.add(l.group(1)));
                }
              });
    }
    return new Exposition(labels);
  }

  /**
   * Names of Sluice's and OpenTelemetry's metrics, without the suffixes of timers and histograms.
   */
  Set<String> families() {
    Set<String> families = new TreeSet<>();
    labels.keySet().stream()
        .filter(name -> name.startsWith("sluice_") || name.startsWith("gen_ai_"))
        .map(name -> name.replaceFirst("_(count|sum|max|bucket)$", ""))
        .forEach(families::add);
    return families;
  }
}
