package dev.sluice.worker.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForwardedHeadersTest {

  @Test
  void callerReceivesDocumentedHeadersOnly() {
    Map<String, String> documented =
        Map.of(
            "content-type", "application/json",
            "x-request-id", "1",
            "request-id", "2",
            "openai-processing-ms", "3",
            "anthropic-organization-id", "4",
            "anthropic-ratelimit-tokens-limit", "5",
            "x-ratelimit-remaining-requests", "6",
            "retry-after", "7",
            "retry-after-ms", "7000");
    Map<String, String> others =
        Map.of(
            "x-accel-redirect", "/internal/secret",
            "x-accel-buffering", "yes",
            "x-sendfile", "/etc/passwd",
            "x-content-type-options", "none",
            "x-frame-options", "ALLOWALL",
            "x-sluice-attempts", "9",
            "set-cookie", "a=b",
            "content-security-policy", "default-src *",
            "access-control-allow-origin", "*",
            "location", "https://example.com");
    Map<String, String> all = new HashMap<>(documented);
    all.putAll(others);

    assertThat(ForwardedHeaders.of(all)).isEqualTo(documented);
  }
}
