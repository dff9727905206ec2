package dev.sluice.producer.access;

import dev.sluice.producer.web.ApiException;
import java.util.regex.Pattern;

/**
 * The owner of files and batches. A project is only a name: it exists as soon as a key or a file
 * uses it.
 *
 * @param name 1-64 lowercase letters, digits and hyphens
 */
public record Project(String name) {
  /** The project of the administrator's key. */
  public static final Project DEFAULT = new Project("default");

  private static final Pattern FORMAT = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  /**
   * Returns the project that a request names.
   *
   * @throws ApiException 400 if the name is invalid
   */
  public static Project named(String name) {
    if (!FORMAT.matcher(name).matches()) {
      throw ApiException.badRequest(
          "Invalid project '%s'. Use 1-64 lowercase letters, digits and hyphens.".formatted(name),
          "project",
          "invalid_value");
    }
    return new Project(name);
  }
}
