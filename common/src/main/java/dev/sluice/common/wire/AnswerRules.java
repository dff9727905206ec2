package dev.sluice.common.wire;

/**
 * What a task requires of its answer.
 *
 * @param failCutOff whether an answer that is cut off at its token limit fails the task
 * @param check the check of the answer against a JSON schema
 */
public record AnswerRules(boolean failCutOff, AnswerCheck check) {
  /** Accepts every answer. */
  public static final AnswerRules NONE = new AnswerRules(false, AnswerCheck.NONE);

  /** Rules without a check. */
  static AnswerRules withoutCheck(boolean failCutOff) {
    return new AnswerRules(failCutOff, AnswerCheck.NONE);
  }

  /** The rules after an answer that does not fit the schema. */
  AnswerRules after(InvalidAnswer answer) {
    return new AnswerRules(failCutOff, new AnswerCheck(check.schema(), check.reAsk(), answer));
  }
}
