package dev.sluice.common.wire;

/** Result of reading a message from a task queue. */
public sealed interface TaskReadResult {

  /** A valid task. */
  record Task(TaskMessage message) implements TaskReadResult {}

  /**
   * A message that violates the wire contract.
   *
   * @param ids the readable ids, with defaults for the others
   * @param reason the violated rule, human-readable
   * @param body the unchanged body
   */
  record Malformed(TaskIds ids, String reason, Payload body) implements TaskReadResult {}
}
