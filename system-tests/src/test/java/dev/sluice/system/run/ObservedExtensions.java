package dev.sluice.system.run;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

/** What the programs {@code extensions.mjs} and {@code extensions.py} observe of their batches. */
public final class ObservedExtensions {
  private ObservedExtensions() {}

  /** Asserts that the extensions were sent, had their effect, and were read. */
  public static void assertSeen(JsonNode seen) {
    assertThat(seen.path("first").toString())
        .isEqualTo("{\"cut_off\":1,\"re_asks\":0,\"paused_by\":null,\"reused\":0,\"tier\":null}");
    assertThat(seen.path("again").toString())
        .as("cut-off answers are not reused")
        .isEqualTo("{\"cut_off\":1,\"re_asks\":0,\"paused_by\":null,\"reused\":1,\"tier\":null}");
    assertThat(seen.path("checked").path("re_asks").asInt()).isEqualTo(1);
    assertThat(seen.path("error").asString()).isEqualTo("invalid_output");
    assertThat(seen.path("paused").asString()).isEqualTo("stop_after");
    assertThat(seen.path("results").toString()).isEqualTo("[\"cut\",\"whole\"]");
  }
}
