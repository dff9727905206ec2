package dev.sluice.common.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1] | is not a JSON object in UTF-8",
        "{\"a\":1} {} | is not a JSON object in UTF-8 (column 10)",
        "{\"a\":@} | is not a JSON object in UTF-8 (column 7)",
      })
  void whatIsNoObjectIsSaidWithItsPlace(String text, String why) {
    assertThat(Json.object(text.getBytes(UTF_8))).isEmpty();
    assertThat(Json.whyNot(text.getBytes(UTF_8))).isEqualTo(why);
  }

  @Test
  void whereThereAreSeveralLinesItsLineIsSaidToo() {
    assertThat(Json.whyNot("{\n\"a\":@}".getBytes(UTF_8)))
        .isEqualTo("is not a JSON object in UTF-8 (line 2, column 6)");
  }

  @Test
  void levelsAreTakenUpToTheirBoundAndNoFurther() {
    String deepest = "{\"a\":".repeat(Json.DEEPEST) + "1" + "}".repeat(Json.DEEPEST);
    String deeper = "{\"a\":" + deepest + "}";

    assertThat(Json.object(deepest.getBytes(UTF_8))).isPresent();
    assertThat(Json.object(deeper.getBytes(UTF_8))).isEmpty();
    assertThat(Json.whyNot(deeper.getBytes(UTF_8)))
        .startsWith("is nested deeper than 500 levels (column ");
  }

  @Test
  void numbersAreTakenUpToTheirBoundAndNoFurther() {
    String longest = "{\"a\":%s}".formatted("7".repeat(Json.LONGEST_NUMBER));
    String longer = "{\"a\":%s}".formatted("7".repeat(Json.LONGEST_NUMBER + 1));

    assertThat(Json.object(longest.getBytes(UTF_8))).isPresent();
    assertThat(Json.object(longer.getBytes(UTF_8))).isEmpty();
    assertThat(Json.whyNot(longer.getBytes(UTF_8)))
        .startsWith("has a number of more than 1000 characters");
  }
}
