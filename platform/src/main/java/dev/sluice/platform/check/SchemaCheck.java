package dev.sluice.platform.check;

/** The result of the check of one answer. */
public sealed interface SchemaCheck {

  /** The answer fits. */
  record Fits() implements SchemaCheck {}

  /**
   * The answer does not fit.
   *
   * @param errors one line for each error, with its place in the answer
   */
  record Invalid(String errors) implements SchemaCheck {}

  /**
   * The check itself exceeds a limit, so that another answer would not fit either.
   *
   * @param reason the exceeded limit
   */
  record Unchecked(String reason) implements SchemaCheck {}
}
