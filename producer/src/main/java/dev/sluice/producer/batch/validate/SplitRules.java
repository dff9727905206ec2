package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.ContextBudget;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.producer.batch.split.DocumentSplit;
import dev.sluice.producer.store.NewDependents.Dependencies;
import dev.sluice.producer.store.SchedulingCost;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Splits the document of a line with {@code {"sluice": {"split": {"context_tokens": 8000,
 * "partial": "keep"}}}} into the requests of its parts, if it does not fit.
 */
final class SplitRules {
  private static final Set<String> MEMBERS = Set.of("context_tokens", "partial");
  private static final long MIN_CONTEXT_TOKENS = 500;

  /** Whether a custom id is new. */
  private final Predicate<String> add;

  SplitRules(Predicate<String> addCustomId) {
    this.add = addCustomId;
  }

  /** The requests of a line: the parts of its document, then the line itself. */
  List<ParsedLine.Request> split(
      ParsedLine.Request line, JsonNode split, RouteSettings route, List<String> problems) {
    if (!split.isObject() || !MEMBERS.containsAll(split.propertyNames())) {
      problems.add("'sluice.split' must be an object with the members context_tokens and partial");
      return List.of(line);
    }
    long contextTokens = contextTokens(split.path("context_tokens"), route, problems);
    boolean keepPartial = DependencyRules.keepPartial(split.path("partial"), "split.", problems);
    if (!problems.isEmpty()) {
      return List.of(line);
    }
    OptionalLong maxReply =
        RequestSummary.read(line.body())
            .map(RequestSummary::maxOutputTokens)
            .orElse(OptionalLong.empty());
    return switch (DocumentSplit.of(line.body(), contextTokens, maxReply)) {
      case DocumentSplit.Fits fits -> List.of(line);
      case DocumentSplit.Problem problem -> {
        problems.add(problem.problem());
        yield List.of(line);
      }
      case DocumentSplit.Split parts -> requests(line, parts, keepPartial, problems);
    };
  }

  private static long contextTokens(JsonNode json, RouteSettings route, List<String> problems) {
    if (json.isMissingNode() || json.isNull()) {
      long configured = route.context().maxTokens();
      return configured > 0 ? configured : ContextBudget.DEFAULT_CONTEXT_TOKENS;
    }
    long tokens = json.isIntegralNumber() ? json.asLong(0) : 0;
    if (tokens < MIN_CONTEXT_TOKENS) {
      problems.add(
          "'sluice.split.context_tokens' (%s) must be an integer of at least %d, the context length of the model"
              .formatted(LineRules.abbreviate(json.toString()), MIN_CONTEXT_TOKENS));
    }
    return tokens;
  }

  private List<ParsedLine.Request> requests(
      ParsedLine.Request line,
      DocumentSplit.Split split,
      boolean keepPartial,
      List<String> problems) {
    List<ParsedLine.Request> requests = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (DocumentSplit.Part part : split.parts()) {
      String id = "%s#%d/%d".formatted(line.customId(), ids.size() + 1, split.parts().size());
      if (!add.test(id)) {
        problems.add(
            "The custom_id '%s' of a part of this document is that of another line"
                .formatted(LineRules.abbreviate(id)));
      }
      ids.add(id);
      labels.add(part.label());
      requests.add(request(line, id, part.body()));
    }
    ParsedLine.Request whole = request(line, line.customId(), split.whole());
    requests.add(whole.with(new Dependencies(ids, labels, keepPartial, split.maxTokens())));
    return requests;
  }

  private static ParsedLine.Request request(
      ParsedLine.Request line, String customId, Payload body) {
    SchedulingCost cost = SchedulingCost.of(RequestSummary.read(body).orElseThrow(), body);
    return new ParsedLine.Request(
        line.line(), customId, line.route(), line.model(), cost.prompt(), cost.reply(), body, null);
  }
}
