package dev.sluice.worker.provider;

import dev.sluice.common.wire.Payload;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cuts a route's key out of what its provider says: some repeat it in the error with which they
 * refuse it, and from there it would go to queues, rows, pages and callers.
 *
 * @param key as it is sent; one that is shorter than any real one is a word that may stand in a
 *     text
 */
record ApiKeyRedactor(String key) {
  private static final int SHORTEST = 12;
  private static final String IN_ITS_PLACE = "***";

  /** The body; byte for byte the same where the key is not in it. */
  Payload redact(Payload payload) {
    if (key.length() < SHORTEST) {
      return payload;
    }
    String text = payload.text();
    return text.contains(key) ? Payload.of(text.replace(key, IN_ITS_PLACE)) : payload;
  }

  /** The headers, likewise. */
  Map<String, List<String>> redact(Map<String, List<String>> headers) {
    if (key.length() < SHORTEST
        || headers.values().stream().flatMap(List::stream).noneMatch(one -> one.contains(key))) {
      return headers;
    }
    Map<String, List<String>> clean = new TreeMap<>();
    headers.forEach(
        (name, values) ->
            clean.put(name, values.stream().map(one -> one.replace(key, IN_ITS_PLACE)).toList()));
    return clean;
  }
}
