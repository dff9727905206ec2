package dev.sluice.producer.webhook;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.database.SqlValues;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the webhooks of the projects and their pending deliveries in PostgreSQL. */
@Repository
class Webhooks {
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 8;

  private final JdbcClient jdbc;
  private final NoArgGenerator ids;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Webhooks(JdbcClient jdbc, NoArgGenerator ids, Clock clock) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * A webhook.
   *
   * @param secret signs its messages
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Webhook(String id, String url, byte[] secret, Instant created) {
    @Override
    public String toString() {
      return "Webhook[%s]".formatted(id);
    }
  }

  /**
   * A message to one webhook.
   *
   * @param attempts number of attempts, including the current one
   * @param firstTried when the message was created and first due, UTC
   */
  record Delivery(
      UUID id, Webhook webhook, String eventId, String body, int attempts, Instant firstTried) {}

  Webhook create(Project project, String url) {
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    Webhook webhook =
        new Webhook("wh_" + HexFormat.of().formatHex(id), url, secret, clock.instant());
    jdbc.sql(
            """
            insert into webhooks (id, project, url, secret, created_at)
            values (:id, :project, :url, :secret, :created)""")
        .param("id", webhook.id())
        .param("project", project.name())
        .param("url", url)
        .param("secret", secret)
        .param("created", SqlValues.at(webhook.created()))
        .update();
    return webhook;
  }

  List<Webhook> list(Project project) {
    return jdbc.sql("select * from webhooks where project = :project order by created_at, id")
        .param("project", project.name())
        .query(Webhooks::read)
        .list();
  }

  /** Deletes a webhook and its pending deliveries; returns false if it does not exist. */
  boolean delete(Project project, String id) {
    return jdbc.sql("delete from webhooks where id = :id and project = :project")
            .param("id", id)
            .param("project", project.name())
            .update()
        == 1;
  }

  /** Creates a delivery for each webhook of the project. */
  void createDeliveries(Project project, String eventId, String body) {
    for (Webhook webhook : list(project)) {
      jdbc.sql(
              """
              insert into webhook_deliveries (id, webhook_id, event_id, body, created_at, next_at)
              values (:id, :webhook, :event, :body, :now, :now)""")
          .param("id", ids.generate())
          .param("webhook", webhook.id())
          .param("event", eventId)
          .param("body", body)
          .param("now", SqlValues.now(clock))
          .update();
    }
  }

  /** A webhook with due deliveries. */
  record Due(String webhook, Project project) {}

  /** The webhooks with due deliveries, the longest waiting first. */
  List<Due> due() {
    return jdbc.sql(
            """
            select w.id, w.project from webhooks w cross join lateral (
              select next_at from webhook_deliveries d
              where d.webhook_id = w.id and d.next_at <= :now order by d.next_at limit 1) first
            order by first.next_at, w.id""")
        .param("now", SqlValues.now(clock))
        .query((row, index) -> new Due(row.getString("id"), new Project(row.getString("project"))))
        .list();
  }

  /**
   * Claims the oldest due delivery of a webhook. Other producers do not get it until the lease
   * ends.
   */
  Optional<Delivery> claim(String webhook, Duration lease) {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            with due as (
              select id from webhook_deliveries where webhook_id = :webhook and next_at <= :now
              order by next_at limit 1 for update skip locked)
            update webhook_deliveries d set next_at = :until, attempts = attempts + 1
            from due, webhooks w where d.id = due.id and w.id = d.webhook_id
            returning d.id as delivery, d.event_id, d.body, d.attempts, d.created_at as due_since, w.*""")
        .param("now", SqlValues.at(now))
        .param("until", SqlValues.at(now.plus(lease)))
        .param("webhook", webhook)
        .query(
            (row, index) ->
                new Delivery(
                    row.getObject("delivery", UUID.class),
                    read(row, index),
                    row.getString("event_id"),
                    row.getString("body"),
                    row.getInt("attempts"),
                    row.getTimestamp("due_since").toInstant()))
        .optional();
  }

  void retryAt(UUID delivery, Instant time) {
    jdbc.sql("update webhook_deliveries set next_at = :time where id = :id")
        .param("time", SqlValues.at(time))
        .param("id", delivery)
        .update();
  }

  void deleteDelivery(UUID delivery) {
    jdbc.sql("delete from webhook_deliveries where id = :id").param("id", delivery).update();
  }

  private static Webhook read(ResultSet row, int index) throws SQLException {
    return new Webhook(
        row.getString("id"),
        row.getString("url"),
        row.getBytes("secret"),
        row.getTimestamp("created_at").toInstant());
  }
}
