package dev.sluice.cli.summarize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.json.JsonValues;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentSectionsTest {
  @Test
  void sectionEndsAtAParagraphOrLineOrWord() {
    for (String end : List.of("\n\n", "\n", " ")) {
      String first = "x".repeat(30) + end;
      assertThat(DocumentSections.of(first + "y".repeat(20), 34))
          .containsExactly(first, "y".repeat(20));
    }
    assertThat(DocumentSections.of("x".repeat(40), 36))
        .containsExactly("x".repeat(36), "x".repeat(4));
    assertThat(DocumentSections.of("short", 16)).containsExactly("short");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "\"\\", "\n\u0001", "äß", "漢字", "😀😀", "a😀"})
  void sectionsFitInJsonAndAreTheText(String characters) {
    String text = characters.repeat(50);

    assertThat(String.join("", DocumentSections.of(text, 20))).isEqualTo(text);
    assertThat(DocumentSections.of(text, 20))
        .allSatisfy(
            section -> {
              String json = JsonValues.line(JsonValues.object().put("t", section));
              assertThat(json.getBytes(UTF_8).length - "{'t':''}".length()).isLessThanOrEqualTo(20);
              assertThat(UTF_8.newEncoder().canEncode(section)).isTrue();
            });
  }
}
