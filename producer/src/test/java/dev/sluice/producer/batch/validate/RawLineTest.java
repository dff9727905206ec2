package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"model\":\"m\"}",
        "{ \"a\" : [ 1.0, 1e3, 0.10 ] , \"b\" : { \"c\":null } }",
        "{\"s\":\"\\u00e9 \u00e9 \u2028 \uD83D\uDE00 \\ud83d\\ude00 \\\" } { \\\\\"}",
        "{\"big\":123456789012345678901234567890.000100}",
        "{\"dup\":1,\"dup\":2}"
      })
  void bodyKeepsItsOriginalBytes(String body) {
    String line =
        "{\"custom_id\":\"é-1\" ,\"method\":\"POST\",\"url\":\"/v1/x\", \"body\" :  " + body;
    assertThat(read(line + " }")).map(RawLine::body).map(Payload::text).contains(body);
    assertThat(read(line + ",\"more\":{\"body\":{}}}"))
        .map(RawLine::body)
        .map(Payload::text)
        .contains(body);
  }

  @Test
  void keysMayBeInAnyOrder() {
    RawLine line =
        read("{\"body\":{\"m\":1},\"url\":\"/u\",\"x\":[{}],\"custom_id\":\"c\"}").orElseThrow();
    assertThat(line.customId()).isEqualTo("c");
    assertThat(line.url()).isEqualTo("/u");
    assertThat(line.method()).isNull();
    assertThat(line.body()).isEqualTo(Payload.of("{\"m\":1}"));
  }

  @Test
  void bodyMayHaveAnyType() {
    assertThat(read("{\"body\":\"text\"}").orElseThrow().body()).isEqualTo(Payload.of("\"text\""));
    assertThat(read("{\"body\":[1]}").orElseThrow().body()).isEqualTo(Payload.of("[1]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{", "{} {}", "{\"a\":}", "not json", "{'a':1}", "{\"a\":1},"})
  void lineMustBeAJsonObject(String text) {
    assertThat(read(text)).isEmpty();
  }

  @Test
  void lineMustBeUtf8() {
    assertThat(RawLine.read("{\"custom_id\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)))
        .isEmpty();
  }

  private static Optional<RawLine> read(String line) {
    return RawLine.read(line.getBytes(StandardCharsets.UTF_8));
  }
}
