package dev.sluice.common.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FatalErrorsTest {
  private final List<Integer> exitCodes = new ArrayList<>();
  private final FatalErrors errors = new FatalErrors(exitCodes::add);

  @Test
  void virtualMachineErrorEndsTheProcess() {
    errors.handle(new OutOfMemoryError("Java heap space"));
    assertThat(exitCodes).containsExactly(FatalErrors.EXIT_CODE);
  }

  @Test
  void causeEndsTheProcessToo() {
    errors.handle(new IllegalStateException(new RuntimeException(new InternalError())));
    assertThat(exitCodes).containsExactly(FatalErrors.EXIT_CODE);
  }

  @Test
  void otherErrorsDoNotEndTheProcess() {
    errors.handle(new AssertionError("a bug"));
    errors.handle(new RuntimeException("a bug"));
    errors.handle(new StackOverflowError());
    assertThat(exitCodes).isEmpty();
  }

  @Test
  void cyclicCausesAreCheckedOnce() {
    RuntimeException first = new RuntimeException("first");
    first.initCause(new RuntimeException("second", first));
    errors.handle(first);
    assertThat(exitCodes).isEmpty();
  }

  @Test
  void uncaughtFatalErrorEndsTheProcess() {
    errors.uncaught(Thread.currentThread(), new OutOfMemoryError("Java heap space"));
    assertThat(exitCodes).containsExactly(FatalErrors.EXIT_CODE);
  }
}
