package dev.sluice.producer.batch.validate;

import dev.sluice.producer.batch.cost.ModelUsage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Sums the estimated usage of the requests of a file by route and model. */
final class UsageEstimate {
  private final Map<String, Map<String, ModelUsage>> byRoute = new TreeMap<>();

  void add(ParsedLine.Request request) {
    CombinedUsage usage = CombinedUsage.of(request);
    byRoute
        .computeIfAbsent(request.route(), route -> new HashMap<>())
        .merge(
            request.model(),
            ModelUsage.planned(request.route(), request.model(), 1, usage.prompt(), usage.reply()),
            (a, b) ->
                ModelUsage.planned(
                    a.route(),
                    a.model(),
                    a.tasks() + b.tasks(),
                    a.estimatedPromptTokens() + b.estimatedPromptTokens(),
                    a.estimatedCompletionTokens() + b.estimatedCompletionTokens()));
  }

  Collection<ModelUsage> usages() {
    return byRoute.values().stream().flatMap(models -> models.values().stream()).toList();
  }

  /** The number of tasks by route. */
  Map<String, Long> tasks() {
    Map<String, Long> tasks = new TreeMap<>();
    usages().forEach(usage -> tasks.merge(usage.route(), usage.tasks(), Long::sum));
    return tasks;
  }
}
