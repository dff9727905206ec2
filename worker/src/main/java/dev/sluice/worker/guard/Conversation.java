package dev.sluice.worker.guard;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.MessagesApi;
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
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/**
 * The messages of a request and their byte ranges, so that messages can be removed while all other
 * bytes stay unchanged.
 */
final class Conversation {
  /** A conversation with more tokens is not trimmed: its tree would need too much memory. */
  private static final int MAX_TOKENS = 1_500_000;

  /** Rejects duplicate names: parsers differ in which of the values they use. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Json.MAX_DEPTH)
                  .maxTokenCount(MAX_TOKENS)
                  .build())
          .build();

  private final byte[] request;
  private final List<ByteRange> ranges;
  private final List<JsonNode> items;

  private Conversation(byte[] request, List<ByteRange> ranges, List<JsonNode> items) {
    this.request = request;
    this.ranges = ranges;
    this.items = items;
  }

  /** Empty if the endpoint has no conversation, or the request cannot be cut safely. */
  static Optional<Conversation> read(String endpoint, Payload request) {
    return arrayName(endpoint)
        .flatMap(name -> ranges(request.bytes(), name))
        .flatMap(ranges -> read(request.bytes(), ranges));
  }

  private static Optional<Conversation> read(byte[] request, List<ByteRange> ranges) {
    List<JsonNode> items = ranges.stream().flatMap(range -> range.json(request).stream()).toList();
    return items.size() == ranges.size()
        ? Optional.of(new Conversation(request, ranges, items))
        : Optional.empty(); // an item is too large for a tree
  }

  /** The number of items. */
  int size() {
    return items.size();
  }

  JsonNode item(int index) {
    return items.get(index);
  }

  /**
   * The removable turns, oldest first, each as the indexes of its items. System and developer
   * messages belong to no turn. The last user message and all items after it are not removable.
   */
  List<List<Integer>> removableTurns() {
    return ConversationTurns.of(items).removable();
  }

  /**
   * The request without some items.
   *
   * @param removed the indexes of the items to remove; never the last item
   */
  Payload without(BitSet removed) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(request.length);
    int from = 0;
    for (int i = removed.nextSetBit(0); i >= 0; i = removed.nextSetBit(i + 1)) {
      kept.write(request, from, ranges.get(i).start() - from);
      from = ranges.get(i + 1).start(); // including the comma after the item
    }
    kept.write(request, from, request.length - from);
    return Payload.of(kept.toByteArray());
  }

  private static Optional<String> arrayName(String endpoint) {
    if (endpoint.endsWith("/chat/completions") || endpoint.equals(MessagesApi.MESSAGES)) {
      return Optional.of("messages");
    }
    return endpoint.endsWith("/responses") ? Optional.of("input") : Optional.empty();
  }

  private static Optional<List<ByteRange>> ranges(byte[] request, String array) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), request)) {
      List<ByteRange> ranges = List.of();
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(array)) {
          ranges = items(parser);
        } else {
          parser.skipChildren();
        }
      }
      return Optional.of(ranges)
          .filter(found -> found.stream().allMatch(s -> s.isObjectIn(request)));
    } catch (JacksonException invalid) {
      return Optional.empty();
    }
  }

  private static List<ByteRange> items(JsonParser parser) {
    List<ByteRange> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      long start = parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      items.add(new ByteRange((int) start, (int) parser.currentLocation().getByteOffset()));
    }
    return items;
  }

  /**
   * The bytes of one item.
   *
   * @param end the offset after its last byte
   */
  private record ByteRange(int start, int end) {

    /** Checks the offsets: Jackson has no byte offsets for encodings other than UTF-8. */
    boolean isObjectIn(byte[] request) {
      return start > 0 && end > start && end < request.length && request[start] == '{';
    }

    Optional<JsonNode> json(byte[] request) {
      return Json.object(Arrays.copyOfRange(request, start, end));
    }
  }
}
