package dev.sluice.producer.access;

import dev.sluice.producer.error.ApiException;
import java.util.regex.Pattern;

/**
 * Whose files and batches they are. A project is no more than its name: it is there as soon as a
 * key or a file has it.
 *
 * @param name 1–64 of small letters, digits and hyphens
 */
public record Project(String name) {
  /** That of the administrator's key. */
  public static final Project DEFAULT = new Project("default");

  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  /**
   * A project that a request names.
   *
   * @throws ApiException where it can be no project's name
   */
  public static Project named(String name) {
    if (!FORM.matcher(name).matches()) {
      throw ApiException.badRequest(
          "Invalid value: '%s'. A project's name has 1-64 small letters, digits and hyphens."
              .formatted(name),
          "project",
          "invalid_value");
    }
    return new Project(name);
  }
}
