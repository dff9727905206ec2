package dev.sluice.platform.check;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import java.util.List;
import java.util.Locale;

/**
 * Collects the errors of one check up to a limit, and polls the {@link CheckDeadline}: each
 * subschema asks for the errors so far.
 */
final class ErrorCollector extends ExecutionContext {
  /**
   * Maximum number of errors of a check, which then need about 20 MB or less. It includes the
   * errors of the branches of {@code anyOf}, so that a large answer that fits may have thousands.
   */
  static final int MAX_ERRORS = 50_000;

  private final List<Error> certain;
  private int count;

  ErrorCollector() {
    super(ExecutionConfig.builder().locale(Locale.ENGLISH).build());
    this.certain = super.getErrors();
  }

  /** The check has more errors than the limit. */
  static final class LimitException extends RuntimeException {
    LimitException() {
      super("error limit", null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
  }

  /** The errors so far, without those of an unfinished branch of {@code anyOf}, or the like. */
  List<Error> certain() {
    return List.copyOf(certain);
  }

  @Override
  public List<Error> getErrors() {
    CheckDeadline.poll();
    return super.getErrors();
  }

  /**
   * @throws LimitException if the check has more errors than the limit
   */
  @Override
  public void addError(Error error) {
    if (++count > MAX_ERRORS) {
      throw new LimitException();
    }
    super.addError(error);
  }
}
