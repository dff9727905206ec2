package dev.sluice.producer.store;

import dev.sluice.producer.web.ApiException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What becomes of an answer that the provider cut off at the token limit of the request. */
public enum CutOffPolicy {
  /** The task completes, and its result is marked. */
  KEEP,
  /** The task fails as {@code cut_off}. */
  FAIL;

  /**
   * Parses the value of a request.
   *
   * @param name null for the default, {@link #KEEP}
   * @throws ApiException if the value is unknown
   */
  public static CutOffPolicy of(@Nullable String name) {
    if (name == null) {
      return KEEP;
    }
    for (CutOffPolicy policy : values()) {
      if (policy.name().toLowerCase(Locale.ROOT).equals(name)) {
        return policy;
      }
    }
    throw ApiException.badRequest(
        "Invalid value: '%s'. 'cut_off' must be 'keep' or 'fail'; the default is 'keep'."
            .formatted(name),
        "cut_off",
        "invalid_value");
  }
}
