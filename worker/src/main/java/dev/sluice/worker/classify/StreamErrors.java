package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;

/** Finds errors in the events of a stream that was forwarded. */
final class StreamErrors {
  private static final String DATA = "data:";

  private StreamErrors() {}

  /**
   * @param tail the last part of the stream
   */
  static boolean endsWithError(Payload tail) {
    return tail.text()
        .lines()
        .filter(line -> line.startsWith(DATA) && line.contains("error"))
        .flatMap(line -> Json.object(Payload.of(line.substring(DATA.length())).bytes()).stream())
        .map(event -> event.path("response").isObject() ? event.path("response") : event)
        .anyMatch(event -> EmbeddedError.of(event).isPresent());
  }
}
