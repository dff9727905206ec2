package dev.sluice.api.status;

import java.util.List;

/**
 * The status of the system.
 *
 * <pre>{@code
 * {"version": "0.1.0", "broker": {"address": "127.0.0.1:5672", "up": true},
 *   "database": {"kind": "embedded", "up": true},
 *   "batches": {"validating": 0, "in_progress": 1, "finalizing": 0, "paused": 0},
 *   "routes": [{"name": "openai", "models": ["gpt-4o-mini"], "max_tokens_field": "max_tokens",
 *     "queued": 100, "in_broker": 79}], "stalled_loops": []}
 * }</pre>
 *
 * @param version the producer's version
 * @param broker the broker
 * @param database the database
 * @param batches unfinished batches
 * @param routes in the order of the settings
 * @param stalledLoops background loops of this producer that make no progress; usually none
 */
public record StatusView(
    String version,
    Broker broker,
    Store database,
    Batches batches,
    List<Route> routes,
    List<StalledLoop> stalledLoops) {

  /**
   * A background loop whose round has made no progress for more than 30 s.
   *
   * @param name name of the loop
   * @param secondsWithoutProgress seconds since its last progress
   */
  public record StalledLoop(String name, long secondsWithoutProgress) {}

  /**
   * The broker.
   *
   * @param address its hosts and ports
   * @param up whether this producer is connected to it
   */
  public record Broker(String address, boolean up) {}

  /**
   * The database.
   *
   * @param kind {@code embedded} or {@code external}
   * @param up whether it is available
   */
  public record Store(String kind, boolean up) {}

  /**
   * The number of unfinished batches by status.
   *
   * @param validating batches whose file is validated
   * @param inProgress batches whose tasks run, and those that are cancelled
   * @param finalizing batches whose result files are made
   * @param paused unfinished batches that are paused; in no other number
   */
  public record Batches(long validating, long inProgress, long finalizing, long paused) {}

  /**
   * A route and its unfinished tasks.
   *
   * @param name name of the route
   * @param models model names or patterns that end in {@code *}
   * @param maxTokensField name of the field that limits the answer of a chat completion
   * @param contextTokens context length of its models in tokens, prompt and reply together; 0 if
   *     the settings have none
   * @param queued tasks in PostgreSQL
   * @param inBroker tasks in the broker or at a worker
   */
  public record Route(
      String name,
      List<String> models,
      String maxTokensField,
      long contextTokens,
      long queued,
      long inBroker) {}
}
