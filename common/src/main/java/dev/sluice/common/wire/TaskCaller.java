package dev.sluice.common.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The project of a task, the caller of a live task, and what the caller adds to the call.
 *
 * @param replyTo the reply queue; null for a batch task
 * @param source the caller, such as the id of its API key; null if the batch or reply queue of the
 *     task is its source
 * @param project name of the project; null if the task has none
 * @param requestHeaders the caller's HTTP headers for the provider, only those of {@link
 *     RequestHeaders}
 */
public record TaskCaller(
    @Nullable String replyTo,
    @Nullable String source,
    @Nullable String project,
    Map<String, String> requestHeaders) {
  /** No caller: a batch task without a project. */
  public static final TaskCaller NONE = new TaskCaller(null, null, null, Map.of());

  public TaskCaller {
    requestHeaders = Map.copyOf(requestHeaders);
  }
}
