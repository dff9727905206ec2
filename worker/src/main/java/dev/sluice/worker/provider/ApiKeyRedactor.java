package dev.sluice.worker.provider;

import dev.sluice.common.wire.Payload;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Redacts a route's API key in provider replies. Some providers repeat the key in the error that
 * rejects it; without redaction it would reach queues, database rows, pages and callers.
 *
 * @param key the key as sent; keys under 12 characters are not redacted, because they may match
 *     ordinary text
 */
record ApiKeyRedactor(String key) {
  private static final int MIN_LENGTH = 12;
  private static final String REPLACEMENT = "***";

  /** The body without the key; unchanged if it does not contain the key. */
  Payload redact(Payload payload) {
    if (key.length() < MIN_LENGTH) {
      return payload;
    }
    String text = payload.text();
    return text.contains(key) ? Payload.of(text.replace(key, REPLACEMENT)) : payload;
  }

  /** The headers without the key. */
  Map<String, List<String>> redact(Map<String, List<String>> headers) {
    if (key.length() < MIN_LENGTH
        || headers.values().stream()
            .flatMap(List::stream)
            .noneMatch(value -> value.contains(key))) {
      return headers;
    }
    Map<String, List<String>> redacted = new TreeMap<>();
    headers.forEach(
        (name, values) ->
            redacted.put(
                name, values.stream().map(value -> value.replace(key, REPLACEMENT)).toList()));
    return redacted;
  }
}
