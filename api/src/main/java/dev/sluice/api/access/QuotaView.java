package dev.sluice.api.access;

import org.jspecify.annotations.Nullable;

/**
 * The limits and the usage of a project.
 *
 * <pre>{@code
 * {"object": "project_quota", "project": "default", "limits": {"batches": 10, "queued_tasks": null,
 *   "queued_bytes": null, "stored_bytes": null}, "used": {"batches": 1, "queued_tasks": 300,
 *   "queued_bytes": 48000, "stored_bytes": 96000}}
 * }</pre>
 *
 * @param object always {@code project_quota}
 * @param project name of the project
 * @param limits null members have no limit
 * @param used the usage, in the units of the limits
 */
public record QuotaView(String object, String project, Limits limits, Usage used) {

  /**
   * The limits of a project. In a request null means the value of the settings; in a response null
   * means no limit.
   *
   * @param batches unfinished batches
   * @param queuedTasks unfinished tasks of those batches
   * @param queuedBytes size of the input files of those batches, in bytes
   * @param storedBytes size of all uploaded files, and of the inputs that batches store, in bytes
   */
  public record Limits(
      @Nullable Long batches,
      @Nullable Long queuedTasks,
      @Nullable Long queuedBytes,
      @Nullable Long storedBytes) {}

  /**
   * The usage of a project.
   *
   * @param batches unfinished batches
   * @param queuedTasks unfinished tasks of those batches
   * @param queuedBytes size of the input files of those batches, in bytes
   * @param storedBytes size of all uploaded files, and of the inputs that batches store, in bytes
   */
  public record Usage(long batches, long queuedTasks, long queuedBytes, long storedBytes) {}
}
