package dev.sluice.api.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An API key.
 *
 * <pre>{@code
 * {"id": "key_1", "object": "api_key", "name": "reports", "project": "default", "concurrency": 2,
 *   "requests_per_minute": null, "budget": 50, "created_at": 1767225600, "revoked_at": null, "key": null}
 * }</pre>
 *
 * @param id id of the key
 * @param object always {@code api_key}
 * @param name name of the key
 * @param project name of its project
 * @param concurrency maximum number of concurrent live calls; null for no limit
 * @param requestsPerMinute live calls per minute; null for no limit
 * @param budget US dollars of its live calls per calendar month (UTC); null for no budget
 * @param createdAt Unix seconds, UTC
 * @param revokedAt Unix seconds, UTC; null while the key is valid
 * @param key the key itself in the response that creates it, else null
 */
public record KeyView(
    String id,
    String object,
    String name,
    String project,
    @Nullable Integer concurrency,
    @Nullable Integer requestsPerMinute,
    @Nullable BigDecimal budget,
    long createdAt,
    @Nullable Long revokedAt,
    @Nullable String key) {

  /**
   * A request to create a key; null components are absent in JSON.
   *
   * @param name name of the key
   * @param project name of its project; null for the default project
   * @param concurrency as in {@link KeyView}
   * @param requestsPerMinute as in {@link KeyView}
   * @param budget as in {@link KeyView}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record NewKey(
      @Nullable String name,
      @Nullable String project,
      @Nullable Integer concurrency,
      @Nullable Integer requestsPerMinute,
      @Nullable BigDecimal budget) {}

  /**
   * A request to replace the limits of a key; null components are absent in JSON.
   *
   * @param concurrency as in {@link KeyView}
   * @param requestsPerMinute as in {@link KeyView}
   * @param budget as in {@link KeyView}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Limits(
      @Nullable Integer concurrency,
      @Nullable Integer requestsPerMinute,
      @Nullable BigDecimal budget) {}
}
