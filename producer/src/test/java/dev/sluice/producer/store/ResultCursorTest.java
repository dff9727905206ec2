package dev.sluice.producer.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCursorTest {
  @Test
  void textIsParsedAgain() {
    ResultCursor cursor = new ResultCursor(1042, 2);

    assertThat(cursor).hasToString("1042-2");
    assertThat(ResultCursor.parse("1042-2")).contains(cursor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1042", "1042-", "-1-2", "a-b", "1234567890123456789-1"})
  void textOfAnotherFormIsNotACursor(String text) {
    assertThat(ResultCursor.parse(text)).isEmpty();
  }
}
