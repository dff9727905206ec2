package dev.sluice.worker.classify;

import dev.sluice.worker.provider.Reply.Answered;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Describes an unexpected reply: its status, content type, and first words or location. */
public final class ReplyDescription {
  private static final int MAX_WORDS_LENGTH = 200;
  private static final int MAX_HEADER_LENGTH = 300;

  private ReplyDescription() {}

  /** Describes a success whose body is not usable, with its first words. */
  static String notJson(Answered answer) {
    return "%s with a body that is not a JSON object: %s"
        .formatted(withContentType(answer), firstWords(answer));
  }

  /**
   * The status, and the content type of a success or the location of a redirect; without the body,
   * which may quote the prompt.
   */
  public static String withoutBody(Answered answer) {
    if (isRedirect(answer)) {
      return redirect(answer);
    }
    return answer.status() / 100 == 2
        ? withContentType(answer) + " with a body that is not a JSON object"
        : "HTTP " + answer.status();
  }

  private static String withContentType(Answered answer) {
    String coding =
        header(answer, "content-encoding").map(value -> ", content encoding " + value).orElse("");
    return "HTTP %d (%s%s)"
        .formatted(
            answer.status(), header(answer, "content-type").orElse("no content type"), coding);
  }

  /** The text of an error: its body, or the location of a redirect. */
  static String ofError(Answered answer) {
    if (isRedirect(answer)) {
      return redirect(answer);
    }
    String text = answer.body().text();
    return text.isBlank() ? withContentType(answer) + " with an empty body" : text;
  }

  private static boolean isRedirect(Answered answer) {
    return answer.status() / 100 == 3;
  }

  /** Omits the query of the location, which may contain secrets. */
  private static String redirect(Answered answer) {
    return "HTTP %d: redirect to %s. Sluice does not follow redirects: correct provider.url."
        .formatted(
            answer.status(),
            header(answer, "location")
                .map(location -> location.replaceFirst("[?#].*", ""))
                .orElse("an unknown location"));
  }

  private static Optional<String> header(Answered answer, String name) {
    return answer
        .header(name)
        .map(value -> value.strip())
        .filter(value -> !value.isEmpty())
        .map(value -> truncate(value, MAX_HEADER_LENGTH));
  }

  private static String firstWords(Answered answer) {
    byte[] bytes = answer.body().bytes();
    String start =
        new String(bytes, 0, Math.min(bytes.length, 8 * MAX_WORDS_LENGTH), StandardCharsets.UTF_8);
    String words = start.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return words.isEmpty() ? "it is empty" : truncate(words, MAX_WORDS_LENGTH);
  }

  private static String truncate(String text, int maxLength) {
    return text.length() <= maxLength ? text : text.substring(0, maxLength) + "…";
  }
}
