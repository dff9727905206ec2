package dev.sluice.producer.validate;

import dev.sluice.producer.cost.ModelUsage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the requests of a file will take, by route and model. */
final class UsageEstimate {
  private final Map<String, Map<String, ModelUsage>> byRoute = new TreeMap<>();

  void add(ParsedLine.Request request) {
    byRoute
        .computeIfAbsent(request.route(), route -> new HashMap<>())
        .merge(
            request.model(),
            ModelUsage.planned(
                request.route(), request.model(), 1, request.prompt(), request.reply()),
            (a, b) ->
                ModelUsage.planned(
                    a.route(),
                    a.model(),
                    a.tasks() + b.tasks(),
                    a.estimatedPrompt() + b.estimatedPrompt(),
                    a.estimatedReply() + b.estimatedReply()));
  }

  Collection<ModelUsage> uses() {
    return byRoute.values().stream().flatMap(models -> models.values().stream()).toList();
  }

  /** How many tasks each route has. */
  Map<String, Long> tasks() {
    Map<String, Long> tasks = new TreeMap<>();
    uses().forEach(use -> tasks.merge(use.route(), use.tasks(), Long::sum));
    return tasks;
  }
}
