package dev.sluice.producer.batch.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import org.junit.jupiter.api.Test;

class RequestHashTest {
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void identicalRequestsOfOtherLinesHaveTheSameNumber() {
    RequestHash hash = new RequestHash(CHAT);

    assertThat(hash.of(request(1, "a", "mini", "{}")))
        .isEqualTo(hash.of(request(7, "b", "mini", "{}")))
        .isEqualTo(new RequestHash(CHAT).of(request(1, "a", "mini", "{}")));
  }

  @Test
  void endpointRouteAndEachByteOfTheBodyCount() {
    long number = new RequestHash(CHAT).of(request(1, "a", "mini", "{}"));

    assertThat(new RequestHash("/v1/responses").of(request(1, "a", "mini", "{}")))
        .isNotEqualTo(number);
    assertThat(new RequestHash(CHAT).of(request(1, "a", "min", "i{}"))).isNotEqualTo(number);
    assertThat(new RequestHash(CHAT).of(request(1, "a", "mini", "{ }"))).isNotEqualTo(number);
  }

  private static ParsedLine.Request request(long line, String customId, String route, String body) {
    return new ParsedLine.Request(line, customId, route, "model", 1, 1, Payload.of(body), null);
  }
}
