package dev.sluice.producer.infrastructure.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.sluice.platform.startup.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The embedded PostgreSQL after clean stops, crashes and failed starts. */
class EmbeddedDatabaseIT {
  /** One directory for all tests, because only the first start takes seconds. */
  @TempDir private static Path directory = Path.of("");

  private @Nullable EmbeddedDatabase running;

  @BeforeEach
  void start() {
    running = EmbeddedDatabase.start(directory);
  }

  @AfterEach
  void stop() {
    database().close();
  }

  @Test
  void committedDataSurvivesARestart() {
    assertThat(
            List.of(setting("fsync"), setting("synchronous_commit"), setting("full_page_writes")))
        .containsOnly("on");
    assertThat(setting("listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(setting("unix_socket_directories")).isEmpty();
    jdbc().sql("create table if not exists kept (n int)").update();
    database().close();
    running = EmbeddedDatabase.start(directory);
    assertThat(jdbc().sql("select count(*) from kept").query(Long.class).single()).isZero();
  }

  @Test
  void errorsQuoteNoValues() {
    jdbc().sql("create table if not exists strict (value text check (value = 'no'))").update();
    JdbcTemplate bulk = new JdbcTemplate(database().dataSource());
    assertThatThrownBy(
            () ->
                bulk.batchUpdate(
                    "insert into strict values (?)",
                    List.of(new Object[] {"Xylophone"}, new Object[] {"again"})))
        .extracting(Throwables::getStackTrace, STRING)
        .contains("strict_value_check")
        .doesNotContain("Xylophone");
  }

  @Test
  void loginNeedsThePasswordThatOnlyTheOwnerCanRead() throws IOException {
    assertLoginIsRejected("");
    assertLoginIsRejected("postgres");
    assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  }

  @Test
  void dataOfAnEarlierVersionGetsAPassword() throws IOException {
    jdbc().sql("create table if not exists kept (n int)").update();
    database().close();
    Files.delete(directory.resolve("password"));
    Files.writeString(
        directory.resolve("data").resolve("pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");

    running = EmbeddedDatabase.start(directory);

    assertLoginIsRejected("");
    assertThat(jdbc().sql("select count(*) from kept").query(Long.class).single()).isZero();
  }

  /** A start that ended between the two steps. */
  @Test
  void dataWithAPasswordIsConfiguredToRequireIt() throws IOException {
    database().close();
    Files.writeString(
        directory.resolve("data").resolve("pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");

    running = EmbeddedDatabase.start(directory);

    assertLoginIsRejected("");
  }

  private void assertLoginIsRejected(String password) {
    assertThatThrownBy(() -> DriverManager.getConnection(url(), "postgres", password).close())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password");
  }

  @Test
  void orphanedServerIsStoppedAndItsDataReused() throws IOException {
    jdbc().sql("create table if not exists kept (n int)").update();
    long orphan = pid();
    database().supervisor().close();
    database().pool().close();
    database().lock().close(); // as the operating system does for a killed process
    running = EmbeddedDatabase.start(directory);
    assertThat(pid()).isNotEqualTo(orphan);
    assertThat(ProcessHandle.of(orphan).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    assertThat(jdbc().sql("select count(*) from kept").query(Long.class).single()).isZero();
  }

  @Test
  void killedServerIsRestartedWithCommittedData() throws IOException {
    jdbc().sql("create table if not exists kept (n int)").update();
    long killed = pid();
    ProcessHandle.of(killed).orElseThrow().destroyForcibly();

    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(
            () ->
                pid() != killed
                    && jdbc().sql("select count(*) from kept").query(Long.class).single() == 0);
  }

  @Test
  void pidFileOfAnotherProgramIsDeleted() throws IOException {
    database().close();
    long self = ProcessHandle.current().pid();
    Path pidFile = directory.resolve("data").resolve("postmaster.pid");
    Files.writeString(
        pidFile, self + "\n" + directory.resolve("data") + "\n0\n5432\n\n127.0.0.1\n");
    running = EmbeddedDatabase.start(directory);
    assertThat(pid()).isNotEqualTo(self);
  }

  /** As after a failover, when connections to the former primary stay open. */
  @Test
  void writesContinueWhenConnectionsHaveBecomeReadOnly() throws SQLException {
    jdbc().sql("create table if not exists kept (n int)").update();
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Connection connection = database().dataSource().getConnection();
      connection.createStatement().execute("set session characteristics as transaction read only");
      open.add(connection);
    }
    for (Connection connection : open) {
      connection.close();
    }

    assertThatThrownBy(() -> jdbc().sql("delete from kept").update())
        .hasMessageContaining("read-only transaction");
    for (int i = 0; i < 4; i++) {
      jdbc().sql("delete from kept").update();
    }
  }

  @Test
  void secondProducerInTheSameDirectoryFails() {
    assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("another producer uses the directory " + directory);
    assertThat(setting("fsync")).isEqualTo("on");
  }

  @Test
  void fileInsteadOfADirectoryIsReported(@TempDir Path other) throws IOException {
    Path file = Files.writeString(other.resolve("file"), "");
    assertThatThrownBy(() -> EmbeddedDatabase.start(file))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(file + " is a file, not a directory");
  }

  @Test
  void incompleteDataIsMoved(@TempDir Path other) throws IOException {
    Files.createDirectories(other.resolve("data"));
    Files.writeString(other.resolve("data").resolve("postgresql.conf"), "half written");
    try (EmbeddedDatabase started = EmbeddedDatabase.start(other)) {
      assertThat(started.kind()).isEqualTo("embedded");
    }
    try (var entries = Files.list(other)) {
      assertThat(entries.map(Path::getFileName).map(Path::toString))
          .anyMatch(name -> name.startsWith("unfinished-"));
    }
  }

  @Test
  void connectionErrorsOfAnExternalDatabaseNameTheCause() throws Exception {
    String url = url();
    String own = Files.readString(directory.resolve("password")).strip();
    assertThatThrownBy(
            () -> Database.external(url.replace("/postgres", "/none"), "postgres", () -> own))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("has no such database");
    jdbc().sql("create role app login password 'right'").update();
    assertThatThrownBy(() -> Database.external(url, "app", () -> "wrong"))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "PostgreSQL at %s rejects the login of user app. Check spring.datasource.username and .password."
                .formatted(url.substring(5)));
    AtomicReference<String> password = new AtomicReference<>("right");
    try (Database right = Database.external(url, "app", password::get)) {
      assertThat(right.kind()).isEqualTo("external");
      jdbc().sql("alter role app password 'another'").update();
      password.set("another");
      assertThatCode(() -> openSeveral(right)).doesNotThrowAnyException();
    }
    assertThatThrownBy(
            () ->
                Database.external(
                    "jdbc:postgresql://127.0.0.1:9/x?password=secret", "app", () -> "x"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("127.0.0.1:9/x?password=*** cannot be reached");
    assertThatThrownBy(() -> Database.external("jdbc:mysql://db/x", "app", () -> "x"))
        .hasMessageContaining("is not a PostgreSQL URL");
  }

  /** Opens more connections than the pool has, so that it creates new ones. */
  private static void openSeveral(Database database) throws SQLException {
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      open.add(database.dataSource().getConnection());
    }
    for (Connection connection : open) {
      connection.close();
    }
  }

  private EmbeddedDatabase database() {
    return Objects.requireNonNull(running);
  }

  private String url() {
    return "jdbc:postgresql://127.0.0.1:" + database().server().getPort() + "/postgres";
  }

  private String setting(String name) {
    return jdbc().sql("show " + name).query(String.class).single();
  }

  private JdbcClient jdbc() {
    return JdbcClient.create(database().dataSource());
  }

  private long pid() throws IOException {
    return Long.parseLong(
        Files.readAllLines(directory.resolve("data").resolve("postmaster.pid")).getFirst());
  }
}
