package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.ProjectScope;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The number of dead letters that are not replayed, discarded or accepted, counted every 5 s. */
@Component
public class OpenDeadLetters {
  private volatile List<Count> counts = List.of();

  /**
   * Open dead letters of one project on one route.
   *
   * @param project null for tasks without a batch
   */
  record Count(@Nullable String project, String route, long count) {}

  void update(List<Count> latest) {
    counts = List.copyOf(latest);
  }

  /** The number that a key with this scope may see. */
  public long total(ProjectScope scope) {
    return counts.stream()
        .filter(count -> isVisible(count.project(), scope))
        .mapToLong(Count::count)
        .sum();
  }

  Map<String, Long> byRoute() {
    return counts.stream()
        .collect(Collectors.groupingBy(Count::route, Collectors.summingLong(Count::count)));
  }

  private static boolean isVisible(@Nullable String project, ProjectScope scope) {
    return project == null ? scope.name() == null : scope.includes(project);
  }
}
