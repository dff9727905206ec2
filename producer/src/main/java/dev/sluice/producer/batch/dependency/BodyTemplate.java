package dev.sluice.producer.batch.dependency;

import dev.sluice.common.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON body of a request with placeholders for the answers of other tasks: {@code {{answers}}}
 * for all of them, {@code {{answer:2}}} for the second. All other bytes stay as they are. An answer
 * is escaped as part of a JSON string, and placeholders in it are text.
 *
 * <p>Two braces in a row occur in JSON only within a string, so each placeholder is in one.
 */
public final class BodyTemplate {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{(?:answers|answer:([1-9][0-9]{0,5}))}}");

  /** One character for each byte. */
  private final String template;

  public BodyTemplate(Payload body) {
    this.template = new String(body.bytes(), StandardCharsets.ISO_8859_1);
  }

  /** Whether there is a placeholder for all answers. */
  public boolean hasAll() {
    return PLACEHOLDER.matcher(template).results().anyMatch(match -> match.group(1) == null);
  }

  /** The numbers of the placeholders for one answer, from 1. */
  public List<Integer> numbers() {
    return PLACEHOLDER
        .matcher(template)
        .results()
        .filter(match -> match.group(1) != null)
        .map(match -> Integer.valueOf(match.group(1)))
        .toList();
  }

  /**
   * The body with the answers.
   *
   * @param all for {@code {{answers}}}
   * @param each by number; a number above their count is replaced by nothing
   */
  Payload fill(String all, List<String> each) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(template.length() + all.length());
    Matcher matcher = PLACEHOLDER.matcher(template);
    int end = 0;
    while (matcher.find()) {
      body.writeBytes(latin1(template.substring(end, matcher.start())));
      String number = matcher.group(1);
      body.writeBytes(escaped(number == null ? all : answer(Integer.parseInt(number), each)));
      end = matcher.end();
    }
    body.writeBytes(latin1(template.substring(end)));
    return Payload.of(body.toByteArray());
  }

  private static String answer(int number, List<String> each) {
    return number <= each.size() ? each.get(number - 1) : "";
  }

  private static byte[] latin1(String bytes) {
    return bytes.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Without the quotation marks. */
  private static byte[] escaped(String text) {
    String string = JSON.writeValueAsString(text);
    return string.substring(1, string.length() - 1).getBytes(StandardCharsets.UTF_8);
  }
}
