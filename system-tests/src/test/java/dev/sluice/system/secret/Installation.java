package dev.sluice.system.secret;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.producer.infrastructure.database.Database;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Ports;
import dev.sluice.testkit.run.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Producer and worker as processes, with broker, database and Redis behind passwords. */
final class Installation implements AutoCloseable {
  static final String API_KEY = "planted-api-key-1f9c0b7e";
  static final String PROVIDER_KEY = "sk-planted-provider-5a71d2c4";
  static final String DATABASE_PASSWORD = "planted-database-93e1aa06";
  static final String REDIS_PASSWORD = "planted-redis-77b0c5d9";

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final CloseableStack open = new CloseableStack();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final Path routes;
  private final String brokerUrl;
  private final Database database;
  private final @Nullable RedisServer redis;
  private final int producerPort = Ports.free();
  private final int workerPort = Ports.free();

  Installation(Path folder, String routes) throws IOException, SQLException {
    this.folder = folder;
    this.routes = Files.writeString(folder.resolve("routes.yaml"), routes);
    this.brokerUrl = open.add(Broker.in(folder)).start();
    this.database = open.add(Database.embedded(folder.resolve("postgres")));
    this.redis =
        RedisServer.installed()
            .map(program -> open.add(RedisServer.start(program, folder)))
            .orElse(null);
    requirePasswords();
    producer("producer", producerSettings());
    worker("worker", workerSettings());
    await().atMost(TIMEOUT).until(() -> isReady(producerPort) && isReady(workerPort));
  }

  private void requirePasswords() throws IOException, SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create role sluice login password '%s'".formatted(DATABASE_PASSWORD));
      statement.execute("create database sluice owner sluice");
      Path rules = folder.resolve("postgres/data/pg_hba.conf");
      Files.writeString(
          rules, "host sluice sluice 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
      statement.execute("select pg_reload_conf()");
    }
    if (redis != null) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
        socket
            .getOutputStream()
            .write(
                "CONFIG SET requirepass %s\r\n"
                    .formatted(REDIS_PASSWORD)
                    .getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII);
        if (!answer.equals("+OK")) {
          throw new IllegalStateException("Redis: " + answer);
        }
      }
    }
  }

  /** The password in the broker's URL. */
  String brokerPassword() {
    return URI.create(brokerUrl).getUserInfo().split(":", 2)[1];
  }

  String brokerUrl() {
    return brokerUrl;
  }

  boolean hasRedis() {
    return redis != null;
  }

  Database database() {
    return database;
  }

  String databaseUrl() throws SQLException {
    return database
        .dataSource()
        .unwrap(HikariDataSource.class)
        .getJdbcUrl()
        .replaceFirst("/postgres$", "/sluice");
  }

  Map<String, String> producerSettings() throws SQLException {
    Map<String, String> settings = commonSettings(producerPort);
    settings.put("SLUICE_API_KEY", API_KEY);
    settings.put("SPRING_DATASOURCE_URL", databaseUrl());
    settings.put("SPRING_DATASOURCE_USERNAME", "sluice");
    settings.put("SPRING_DATASOURCE_PASSWORD", DATABASE_PASSWORD);
    return settings;
  }

  Map<String, String> workerSettings() {
    Map<String, String> settings = commonSettings(workerPort);
    if (redis != null) {
      settings.put(
          "SLUICE_REDIS_URL", "redis://:%s@127.0.0.1:%d".formatted(REDIS_PASSWORD, redis.port()));
    }
    return settings;
  }

  /** Shows all Actuator details and logs more than a production installation would. */
  private Map<String, String> commonSettings(int port) {
    Map<String, String> settings = new HashMap<>();
    settings.put("SERVER_PORT", Integer.toString(port));
    settings.put("SPRING_RABBITMQ_ADDRESSES", brokerUrl);
    settings.put("SPRING_CONFIG_ADDITIONALLOCATION", "file:" + routes);
    settings.put("PLANTED_PROVIDER_KEY", PROVIDER_KEY);
    settings.put("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*");
    settings.put("MANAGEMENT_ENDPOINT_HEALTH_SHOWDETAILS", "always");
    settings.put("LOGGING_LEVEL_DEV_SLUICE", "debug");
    settings.put("LOGGING_LEVEL_ORG_SPRINGFRAMEWORK_AMQP", "debug");
    return settings;
  }

  ChildProcess producer(String name, Map<String, String> settings) {
    return process(name, "producer", settings);
  }

  ChildProcess worker(String name, Map<String, String> settings) {
    return process(name, "worker", settings);
  }

  private ChildProcess process(String name, String module, Map<String, String> settings) {
    return open.add(
        ChildProcess.start(
            folder.resolve(name + ".log"), settings, JavaApplication.command(module)));
  }

  /** Output of all processes, by file name. */
  Map<String, String> logs() throws IOException {
    Map<String, String> logs = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Installation::isLog).toList()) {
        logs.put(
            folder.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return logs;
  }

  /**
   * Excludes the output of the broker's launcher: it prints the URL, with the password, to the
   * process that started it.
   */
  private static boolean isLog(Path file) {
    return file.toString().endsWith(".log") && !file.endsWith("broker-start.log");
  }

  HttpResponse<String> getFromProducer(String path) {
    return send(request(producerPort, path, API_KEY));
  }

  HttpResponse<String> getFromWorker(String path) {
    return send(request(workerPort, path, API_KEY));
  }

  HttpResponse<String> getWithKey(String key, String path) {
    return send(request(producerPort, path, key));
  }

  HttpResponse<String> post(String path, String json) {
    return send(
        request(producerPort, path, API_KEY)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<String> upload(String lines) {
    String text =
        """
        --b\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        batch\r
        --b\r
        Content-Disposition: form-data; name="file"; filename="tasks.jsonl"\r
        \r
        %s\r
        --b--\r
        """
            .formatted(lines);
    return send(
        request(producerPort, "/v1/files", API_KEY)
            .header("Content-Type", "multipart/form-data; boundary=b")
            .POST(HttpRequest.BodyPublishers.ofString(text)));
  }

  private HttpRequest.Builder request(int port, String path, String key) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped", stopped);
    }
  }

  private boolean isReady(int port) {
    try {
      return send(request(port, "/actuator/health/readiness", API_KEY)).statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /** The rows of all tables, with binary columns decoded as characters. */
  List<String> rows() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            java.sql.DriverManager.getConnection(databaseUrl(), "sluice", DATABASE_PASSWORD);
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (var names =
          statement.executeQuery("select tablename from pg_tables where schemaname = 'public'")) {
        while (names.next()) {
          tables.add(names.getString(1));
        }
      }
      for (String table : tables) {
        try (var row = statement.executeQuery("select * from " + table)) {
          while (row.next()) {
            StringBuilder text = new StringBuilder(table);
            for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
              Object value = row.getObject(column);
              text.append(' ')
                  .append(
                      value instanceof byte[] bytes
                          ? new String(bytes, StandardCharsets.ISO_8859_1)
                          : value);
            }
            rows.add(text.toString());
          }
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    open.close();
    http.close();
  }
}
