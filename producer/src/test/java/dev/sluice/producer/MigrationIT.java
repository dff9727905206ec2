package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.producer.infrastructure.database.Database;
import dev.sluice.testkit.broker.TestBroker;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Migrations of one PostgreSQL by two producers at the same time. */
class MigrationIT {
  private static final String KEY = "test-key-0123456789";
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** The version that added projects, counters and webhooks. */
  private static final String WITH_PROJECTS = "8";

  @TempDir private static @Nullable Path folder;
  private static @Nullable Database server;

  @BeforeAll
  static void startPostgres() {
    server = Database.embedded(Objects.requireNonNull(folder).resolve("postgres"));
  }

  @AfterAll
  static void stopPostgres() {
    Objects.requireNonNull(server).close();
  }

  @Test
  void oldDatabaseIsMigratedOnceByTwoProducersAndKeepsItsData() throws Exception {
    String url = oldDatabase("1");

    startBoth(url);

    assertEachMigrationRanOnce(url);
    assertDataIsKept(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", WITH_PROJECTS})
  void concurrentMigrationsRunOnce(String version) throws Exception {
    boolean isEmpty = version.equals("0");
    String url = isEmpty ? database("empty_one") : oldDatabase(version);

    CompletableFuture<?>[] migrations = new CompletableFuture<?>[2];
    Arrays.setAll(migrations, i -> CompletableFuture.runAsync(() -> flyway(url).load().migrate()));
    CompletableFuture.allOf(migrations).get(SOON.toSeconds(), TimeUnit.SECONDS);

    assertEachMigrationRanOnce(url);
    assertThat(count(jdbc(url), "select count(*) from pg_index where not indisvalid")).isZero();
    if (!isEmpty) {
      assertDataIsKept(url);
    }
  }

  /** A database with the schema of this version, and a completed batch of 1,000 tasks. */
  private static String oldDatabase(String version) throws Exception {
    String url = database("old_" + version);
    flyway(url).target(version).load().migrate();
    JdbcClient jdbc = jdbc(url);
    boolean hasProjects = version.equals(WITH_PROJECTS);
    String project = hasProjects ? ", project" : "";
    String projectValue = hasProjects ? ", 'default'" : "";
    jdbc.sql(
            "insert into files (id, purpose, filename, bytes, created_at, status%s) values ('file-a', 'batch', 'a', 10, now(), 'processed'%s)"
                .formatted(project, projectValue))
        .update();
    jdbc.sql(
            """
            insert into batches (id, endpoint, input_file_id, completion_window, status, created_at,
              expires_at, total, completed%s)
            values ('0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', '/v1/chat/completions', 'file-a', '24h',
              'completed', now(), now(), 1000, 1000%s)"""
                .formatted(project, projectValue))
        .update();
    jdbc.sql(
            """
            insert into tasks (id, batch_id, line_no, custom_id, route, model, body, state, reply)
            select gen_random_uuid(), '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', line, 'line-' || line,
              'a', 'm', '{}', 'completed', '{}' from generate_series(1, 1000) line""")
        .update();
    return url;
  }

  private static void assertDataIsKept(String url) {
    assertThat(count(jdbc(url), "select count(*) from tasks where state = 'completed' and run = 1"))
        .isEqualTo(1000);
  }

  private static FluentConfiguration flyway(String url) {
    return Flyway.configure()
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .dataSource(url, "postgres", password());
  }

  private static void startBoth(String url) throws Exception {
    int[] ports = {Ports.free(), Ports.free()};
    ChildProcess[] producers = new ChildProcess[ports.length];
    for (int i = 0; i < ports.length; i++) {
      producers[i] =
          ProducerProcess.start(
              Objects.requireNonNull(folder).resolve("producer-%d.log".formatted(ports[i])),
              List.of(),
              "--sluice.api-key=" + KEY,
              "--server.port=" + ports[i],
              "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
              "--spring.datasource.url=" + url,
              "--spring.datasource.username=postgres",
              "--sluice.database.password-file=" + passwordFile());
    }
    try {
      await()
          .atMost(SOON)
          .until(
              () ->
                  IntStream.of(ports).allMatch(MigrationIT::isReady)
                      || !producers[0].isAlive()
                      || !producers[1].isAlive());
      for (int i = 0; i < ports.length; i++) {
        assertThat(producers[i].isAlive())
            .as(() -> "a producer ended: " + producers[0].output() + producers[1].output())
            .isTrue();
        assertThat(producers[i].output().lines()).noneMatch(line -> line.contains(" ERROR "));
        assertThat(status(ports[i])).isEqualTo(200);
      }
    } finally {
      for (ChildProcess producer : producers) {
        producer.close();
      }
    }
  }

  private static void assertEachMigrationRanOnce(String url) {
    JdbcClient jdbc = jdbc(url);
    long files = flyway(url).load().info().all().length;
    assertThat(count(jdbc, "select count(*) from flyway_schema_history where success"))
        .isEqualTo(files);
    assertThat(count(jdbc, "select count(distinct version) from flyway_schema_history"))
        .isEqualTo(files);
  }

  private static long count(JdbcClient jdbc, String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }

  private static boolean isReady(int port) {
    try {
      return send(port, "/actuator/health/readiness").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static int status(int port) throws IOException {
    return send(port, "/v1/batches").statusCode();
  }

  private static HttpResponse<String> send(int port, String path) throws IOException {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("Authorization", "Bearer " + KEY)
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private static String database(String name) throws Exception {
    HikariDataSource pool =
        Objects.requireNonNull(server).dataSource().unwrap(HikariDataSource.class);
    JdbcClient.create(pool).sql("create database " + name).update();
    return pool.getJdbcUrl().replaceFirst("/postgres$", "/" + name);
  }

  private static JdbcClient jdbc(String url) {
    return JdbcClient.create(new DriverManagerDataSource(url, "postgres", password()));
  }

  private static String password() {
    try {
      return Files.readString(passwordFile()).strip();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Path passwordFile() {
    return Objects.requireNonNull(folder).resolve("postgres/password");
  }
}
