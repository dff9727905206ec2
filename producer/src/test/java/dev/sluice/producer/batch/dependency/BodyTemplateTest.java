package dev.sluice.producer.batch.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class BodyTemplateTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void answersAreEscapedAndNeverReadAsTemplates() {
    BodyTemplate template =
        new BodyTemplate(
            Payload.of("{\"n\": 1.00, \"é\": \"{{answers}}\", \"b\": \"x {{answer:2}}\"}"));
    String all = "\"quoted\"\n{{answer:2}} \\ \uD83D\uDE00";
    Payload body = template.fill(all, List.of("one", "{{answers}}"));
    assertThat(body.text()).startsWith("{\"n\": 1.00, \"é\": ");
    assertThat(JSON.readTree(body.bytes()).path("é").asString()).isEqualTo(all);
    assertThat(JSON.readTree(body.bytes()).path("b").asString()).isEqualTo("x {{answers}}");
  }

  @Test
  void placeholdersAreFound() {
    BodyTemplate template =
        new BodyTemplate(Payload.of("{\"a\":\"{{answer:3}} {{answer:12}} {{x}}\"}"));
    assertThat(template.hasAll()).isFalse();
    assertThat(template.numbers()).containsExactly(3, 12);
    assertThat(new BodyTemplate(Payload.of("{\"a\":\"{{{answers}}}\"}")).hasAll()).isTrue();
  }
}
