package dev.sluice.common.wire;

/** What was found in a message of a task queue. */
public sealed interface TaskReadResult {

  /** A task. */
  record Task(TaskMessage message) implements TaskReadResult {}

  /**
   * No task.
   *
   * @param ids the names that could be made out, with stand-ins for the rest
   * @param reason which rule it breaks, for a person to read
   * @param body what it carried, untouched
   */
  record Malformed(TaskIds ids, String reason, Payload body) implements TaskReadResult {}
}
