package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InputLinesTest {

  @Test
  void byteOrderMarkCarriageReturnsAndBlankLinesAreRemoved() throws IOException {
    assertThat(lines("\uFEFF{\"a\":1}\r\n\r\n   \n{\"b\":2}\r\n", 100))
        .containsExactly("1:{\"a\":1}", "4:{\"b\":2}");
  }

  @Test
  void lastLineNeedsNoNewline() throws IOException {
    assertThat(lines("one\ntwo", 100)).containsExactly("1:one", "2:two");
  }

  @Test
  void unicodeLineSeparatorEndsNoLine() throws IOException {
    assertThat(lines("a\u2028b\u2029c\u0085d\ne", 100))
        .containsExactly("1:a\u2028b\u2029c\u0085d", "2:e");
  }

  @Test
  void lineLongerThanTheBufferIsComplete() throws IOException {
    String line = "x".repeat(200_000);
    assertThat(lines(line + "\n" + line, 300_000)).containsExactly("1:" + line, "2:" + line);
  }

  @Test
  void tooLongLineIsTruncatedAndTheNextOneIsComplete() throws IOException {
    assertThat(lines("123456789\nabc\n", 4)).containsExactly("1!1234", "2:abc");
  }

  @Test
  void emptyFileHasNoLines() throws IOException {
    assertThat(lines("", 10)).isEmpty();
    assertThat(lines("\n\r\n \n", 10)).isEmpty();
  }

  private static List<String> lines(String text, int maxBytes) throws IOException {
    InputLines in =
        new InputLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), maxBytes);
    List<String> lines = new ArrayList<>();
    for (Optional<InputLines.Line> next = in.next(); next.isPresent(); next = in.next()) {
      InputLines.Line line = next.get();
      String content = new String(line.bytes(), StandardCharsets.UTF_8);
      lines.add(line.number() + (line.tooLong() ? "!" : ":") + content);
    }
    return lines;
  }
}
