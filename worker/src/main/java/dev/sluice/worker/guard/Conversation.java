package dev.sluice.worker.guard;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/**
 * The messages of a request, and where their bytes are, so that some can be cut out and all else
 * stays byte for byte as it was.
 */
final class Conversation {
  /** A name that stands twice is an error: whoever reads such a request may take either value. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final byte[] request;
  private final List<Span> spans;
  private final List<JsonNode> items;

  private Conversation(byte[] request, List<Span> spans) {
    this.request = request;
    this.spans = spans;
    this.items = spans.stream().map(span -> span.json(request)).toList();
  }

  /** Empty where the endpoint has no conversation, or the request none that could be cut safely. */
  static Optional<Conversation> read(String endpoint, Payload request) {
    return arrayOf(endpoint)
        .flatMap(name -> spans(request.bytes(), name))
        .map(spans -> new Conversation(request.bytes(), spans));
  }

  /** How many items it has. */
  int size() {
    return items.size();
  }

  JsonNode item(int index) {
    return items.get(index);
  }

  /**
   * The turns that may be left out, the oldest first, each with the indexes of its items. System
   * and developer messages belong to no turn; the last user message and what follows it stay.
   */
  List<List<Integer>> turnsThatMayGo() {
    return ConversationTurns.of(items).removable();
  }

  /**
   * The request without some items.
   *
   * @param leftOut their indexes; never the last item
   */
  Payload without(BitSet leftOut) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(request.length);
    int from = 0;
    for (int i = leftOut.nextSetBit(0); i >= 0; i = leftOut.nextSetBit(i + 1)) {
      kept.write(request, from, spans.get(i).start() - from);
      from = spans.get(i + 1).start(); // with the comma behind it
    }
    kept.write(request, from, request.length - from);
    return Payload.of(kept.toByteArray());
  }

  private static Optional<String> arrayOf(String endpoint) {
    if (endpoint.endsWith("/chat/completions")) {
      return Optional.of("messages");
    }
    return endpoint.endsWith("/responses") ? Optional.of("input") : Optional.empty();
  }

  private static Optional<List<Span>> spans(byte[] request, String array) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), request)) {
      List<Span> spans = List.of();
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(array)) {
          spans = items(parser);
        } else {
          parser.skipChildren();
        }
      }
      return Optional.of(spans).filter(found -> found.stream().allMatch(s -> s.isIn(request)));
    } catch (JacksonException unclear) {
      return Optional.empty();
    }
  }

  private static List<Span> items(JsonParser parser) {
    List<Span> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      long start = parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      items.add(new Span((int) start, (int) parser.currentLocation().getByteOffset()));
    }
    return items;
  }

  /**
   * Where an item stands.
   *
   * @param end behind its last byte
   */
  private record Span(int start, int end) {

    /** Jackson tells no place in bytes for encodings other than UTF-8. */
    boolean isIn(byte[] request) {
      return start > 0 && end > start && end < request.length && request[start] == '{';
    }

    JsonNode json(byte[] request) {
      return Json.object(Arrays.copyOfRange(request, start, end)).orElseThrow();
    }
  }
}
