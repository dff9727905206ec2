package dev.sluice.worker.check;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.InvalidAnswer;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds the request that asks again: the conversation, the answer that does not fit, and a message
 * with its errors. All other bytes of the request stay unchanged.
 */
public final class ReAskRequest {
  private static final JsonFactory FACTORY = Json.factory();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ReAskRequest() {}

  /**
   * The task with the request to send: its own for the first call. It is also its own if the
   * request has no conversation.
   */
  public static TaskMessage of(TaskMessage task) {
    InvalidAnswer last = task.check().last();
    return last.answers() == 0
        ? task
        : insertion(task.ids().endpoint(), task.body().bytes(), messages(last))
            .map(insertion -> task.withBody(insertion.into(task.body().bytes())))
            .orElse(task);
  }

  private static String messages(InvalidAnswer last) {
    String user =
        message(
            "user",
            "Your answer does not fit the required JSON schema:\n%s\n\nAnswer again, only with the corrected JSON."
                .formatted(last.errors()));
    return last.text().isBlank() // providers reject an empty message
        ? user
        : message("assistant", last.text()) + "," + user;
  }

  private static String message(String role, String content) {
    return "{\"role\":\"%s\",\"content\":%s}".formatted(role, JSON.writeValueAsString(content));
  }

  private static Optional<Insertion> insertion(String endpoint, byte[] request, String messages) {
    String member = endpoint.endsWith("/responses") ? "input" : "messages";
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), request)) {
      Optional<Insertion> found = Optional.empty();
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return found;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isConversation = parser.currentName().equals(member);
        JsonToken value = parser.nextToken();
        if (isConversation && value == JsonToken.START_ARRAY) {
          found = Optional.of(atEndOfArray(parser, messages));
        } else if (isConversation && value == JsonToken.VALUE_STRING) {
          found = Optional.of(aroundString(parser, messages));
        } else {
          parser.skipChildren();
          parser.finishToken();
        }
      }
      return found.filter(insertion -> insertion.isIn(request));
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  private static Insertion atEndOfArray(JsonParser parser, String messages) {
    boolean isEmpty = true;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      isEmpty = false;
      parser.skipChildren();
    }
    int end = (int) parser.currentTokenLocation().getByteOffset();
    return new Insertion(end, end, "", (isEmpty ? "" : ",") + messages, ']');
  }

  /** The input of a response may be the text of one user message. */
  private static Insertion aroundString(JsonParser parser, String messages) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    return new Insertion(
        start, end, "[{\"role\":\"user\",\"content\":", "}," + messages + "]", '"');
  }

  /**
   * Encloses a range of bytes in further bytes.
   *
   * @param end the offset after the last byte of the range
   * @param first the character at the start of the range
   */
  private record Insertion(int start, int end, String before, String after, char first) {

    /** Checks the offset: Jackson has no byte offsets for encodings other than UTF-8. */
    boolean isIn(byte[] request) {
      return start > 0 && end >= start && end < request.length && request[start] == first;
    }

    Payload into(byte[] request) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(request.length + after.length());
      out.write(request, 0, start);
      out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
      out.write(request, start, end - start);
      out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
      out.write(request, end, request.length - end);
      return Payload.of(out.toByteArray());
    }
  }
}
