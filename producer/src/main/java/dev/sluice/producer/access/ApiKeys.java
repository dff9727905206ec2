package dev.sluice.producer.access;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stores the API keys of the projects in PostgreSQL. A key is {@code sk-sluice-<id>-<secret>}: the
 * id finds the row, and its digest verifies the whole key. The key itself is shown once and never
 * stored.
 */
@Repository
class ApiKeys {
  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 24;
  private static final Pattern FORMAT = Pattern.compile("sk-sluice-([0-9a-f]{16})-[0-9a-f]{48}");

  private final JdbcClient jdbc;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  ApiKeys(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A stored key.
   *
   * @param id {@code key_} and 16 hex digits
   * @param limits limits of its live calls
   * @param created UTC
   * @param revoked UTC; null while the key is valid
   */
  record ApiKey(
      String id,
      Project project,
      String name,
      KeyLimits limits,
      Instant created,
      @Nullable Instant revoked) {}

  /**
   * A new key.
   *
   * @param text the key itself, which cannot be read again
   */
  record NewKey(ApiKey key, String text) {
    @Override
    public String toString() {
      return key.toString();
    }
  }

  NewKey create(Project project, String name, KeyLimits limits) {
    String digits = hex(ID_BYTES);
    String text = "sk-sluice-%s-%s".formatted(digits, hex(SECRET_BYTES));
    ApiKey key = new ApiKey("key_" + digits, project, name, limits, clock.instant(), null);
    jdbc.sql(
            """
            insert into api_keys (id, project, name, digest, created_at, live_concurrency,
              live_requests_per_minute, budget)
            values (:id, :project, :name, :digest, :created, :concurrency, :perMinute, :budget)""")
        .param("id", key.id())
        .param("project", project.name())
        .param("name", name)
        .param("digest", KeyDigest.of(text).bytes())
        .param("created", SqlValues.at(key.created()))
        .param("concurrency", limits.concurrency())
        .param("perMinute", limits.requestsPerMinute())
        .param("budget", limits.budget(), Types.NUMERIC)
        .update();
    return new NewKey(key, text);
  }

  /** Authenticates a key; returns empty if it is invalid or revoked. */
  Optional<AuthenticatedCaller> callerOf(String text) {
    Matcher matcher = FORMAT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return jdbc.sql("select * from api_keys where id = :id and revoked_at is null")
        .param("id", "key_" + matcher.group(1))
        .query(
            (row, index) ->
                new KeyDigest(row.getBytes("digest")).matches(text)
                    ? Optional.of(read(row, index))
                    : Optional.<ApiKey>empty())
        .optional()
        .flatMap(key -> key)
        .map(
            key ->
                new AuthenticatedCaller(key.id(), key.name(), key.project(), false, key.limits()));
  }

  List<ApiKey> list() {
    return jdbc.sql("select * from api_keys order by created_at, id").query(ApiKeys::read).list();
  }

  /**
   * Revokes a key. Revoking it again changes nothing.
   *
   * @return empty if the key does not exist
   */
  Optional<ApiKey> revoke(String id) {
    return jdbc.sql(
            """
            update api_keys set revoked_at = coalesce(revoked_at, :now) where id = :id
            returning *""")
        .param("now", SqlValues.now(clock))
        .param("id", id)
        .query(ApiKeys::read)
        .optional();
  }

  /** Changes the limits from the next call on; returns empty if the key does not exist. */
  Optional<ApiKey> setLimits(String id, KeyLimits limits) {
    return jdbc.sql(
            """
            update api_keys
            set live_concurrency = :concurrency, live_requests_per_minute = :perMinute,
              budget = :budget
            where id = :id returning *""")
        .param("concurrency", limits.concurrency())
        .param("perMinute", limits.requestsPerMinute())
        .param("budget", limits.budget(), Types.NUMERIC)
        .param("id", id)
        .query(ApiKeys::read)
        .optional();
  }

  private String hex(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  private static ApiKey read(ResultSet row, int index) throws SQLException {
    var revoked = row.getTimestamp("revoked_at");
    return new ApiKey(
        row.getString("id"),
        new Project(row.getString("project")),
        row.getString("name"),
        new KeyLimits(
            row.getInt("live_concurrency"),
            row.getInt("live_requests_per_minute"),
            row.getBigDecimal("budget")),
        row.getTimestamp("created_at").toInstant(),
        revoked == null ? null : revoked.toInstant());
  }
}
