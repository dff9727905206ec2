package dev.sluice.api.batch;

import java.util.List;

/**
 * The estimate for a batch file.
 *
 * <pre>{@code
 * {"tasks": 300, "errors": [], "models": [{"route": "openai", "model": "gpt-4o-mini", "tasks": 300,
 *   "prompt_tokens": 24000, "completion_tokens": 76800, "cost": {"spent": 0, "expected": 0.05,
 *     "min": 0.0036, "max": 0.05, "as_of": "2026-01-01", "note": null}}],
 *   "cost": {"spent": 0, "expected": 0.05, "min": 0.0036, "max": 0.05, "as_of": "2026-01-01",
 *     "note": null}}
 * }</pre>
 *
 * @param tasks 0 if the file has errors
 * @param errors about 100 at most
 * @param models one entry per route and model; empty if the file has errors
 * @param cost of all models, in US dollars
 */
public record Estimate(
    long tasks, List<InputError> errors, List<ModelEstimate> models, BatchCost cost) {

  /**
   * The estimate for one model of a route.
   *
   * @param route name of the route
   * @param model name of the model
   * @param tasks number of requests
   * @param promptTokens estimated for the prompts
   * @param completionTokens estimated for the longest replies that the requests allow
   * @param cost in US dollars
   */
  public record ModelEstimate(
      String route,
      String model,
      long tasks,
      long promptTokens,
      long completionTokens,
      BatchCost cost) {}
}
