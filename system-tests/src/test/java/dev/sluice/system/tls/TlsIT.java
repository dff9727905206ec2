package dev.sluice.system.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.platform.secret.TestAuthority;
import dev.sluice.platform.secret.TestAuthority.SignedCertificate;
import dev.sluice.system.run.Documents;
import dev.sluice.testkit.broker.BrokerCluster;
import dev.sluice.testkit.broker.RabbitInstallation;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Ports;
import dev.sluice.testkit.run.Postgres;
import dev.sluice.testkit.run.RedisServer;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests TLS with certificates of an authority that Java does not trust by default. */
class TlsIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private static Path folder = Path.of("");
  private static final CloseableStack OPEN = new CloseableStack();
  private static TestAuthority ours;
  private static TestAuthority another;
  private static SignedCertificate certificate;
  private static BrokerCluster broker;
  private static int brokerPort;
  private static Postgres postgres;
  private static RedisServer redis;

  @BeforeAll
  static void start() throws IOException {
    Optional<RabbitInstallation> rabbit = RabbitInstallation.found();
    Optional<String> redisProgram = RedisServer.installed();
    assumeThat(rabbit).as("RabbitMQ is installed, not in Docker").isPresent();
    assumeThat(redisProgram).as("Redis is installed").isPresent();
    ours = TestAuthority.in(folder.resolve("ours"));
    another = TestAuthority.in(folder.resolve("another"));
    // The certificate names the host, not the IP address. Clients must reject the IP address.
    certificate = ours.sign("server", "dns:localhost");
    brokerPort = Ports.free();
    broker =
        OPEN.add(
            BrokerCluster.start(
                rabbit.orElseThrow(),
                rabbit.orElseThrow().dataFolder(),
                1,
                "listeners.ssl.1 = 127.0.0.1:" + brokerPort,
                "ssl_options.cacertfile = " + ours.certificate(),
                "ssl_options.certfile = " + certificate.certificate(),
                "ssl_options.keyfile = " + certificate.key(),
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = true"));
    postgres =
        OPEN.add(
            Postgres.start(
                folder.resolve("postgres"),
                Map.of(
                    "ssl", "on",
                    "ssl_cert_file", "'" + certificate.certificate() + "'",
                    "ssl_key_file", "'" + certificate.key() + "'")));
    redis =
        OPEN.add(
            RedisServer.startTls(
                redisProgram.orElseThrow(),
                folder,
                certificate.certificate(),
                certificate.key(),
                ours.certificate()));
  }

  @AfterAll
  static void stop() {
    OPEN.close();
  }

  @Test
  void allConnectionsCanUseTls() {
    List<String> names = Documents.write(folder.resolve("documents"), 12);
    Path file = folder.resolve("summaries.jsonl");
    try (RunningSluice sluice =
        RunningSluice.start(folder.resolve("home"), settings(ours, postgresUrl(ours)), options())) {
      Checkout.RunResult runResult =
          sluice.cli(
              "summarize",
              folder.resolve("documents").toString(),
              "--model",
              "gpt-4o-mini",
              "--out",
              file.toString());

      assertThat(runResult.exitCode()).as(runResult.err()).isZero();
      Documents.assertSummarised(names, file);
      await().atMost(TIMEOUT).until(() -> log(sluice, "worker-1").contains("Redis is connected"));
      assertCliReachesProducerOverTls(sluice);
    }
  }

  private static void assertCliReachesProducerOverTls(RunningSluice sluice) {
    sluice.startCopy("producer", "producer-tls", Map.of("SERVER_SSL_BUNDLE", "inside"));
    String url = sluice.url("producer-tls").replace("http://127.0.0.1", "https://localhost");
    String key = sluice.environment().getOrDefault("SLUICE_API_KEY", "");

    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(status(url, key, ours.certificate()).exitCode()).isZero());
    assertThat(status(url, key, another.certificate()).err())
        .contains("the TLS connection fails")
        .contains("--cacert")
        .doesNotContain("\tat ");
    assertThat(status(url.replace("localhost", "127.0.0.1"), key, ours.certificate()).err())
        .contains("the TLS connection fails");
  }

  private static Checkout.RunResult status(String url, String key, Path authority) {
    return Checkout.run(
        Map.of("SLUICE_URL", url, "SLUICE_API_KEY", key),
        "status",
        "--cacert",
        authority.toString());
  }

  @Test
  void untrustedBrokerFailsTheStartWithOneLine() {
    Checkout.RunResult runResult = dev(settings(another, postgresUrl(ours)), options());

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err())
        .contains("RabbitMQ at localhost:" + brokerPort + ": the TLS connection fails")
        .contains("spring.rabbitmq.ssl.bundle")
        .doesNotContain("\tat ");
  }

  @Test
  void brokerHostNameMismatchFailsTheStart() {
    String[] options = options();
    options[1] = options[1].replace("localhost", "127.0.0.1");

    Checkout.RunResult runResult = dev(settings(ours, postgresUrl(ours)), options);

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err())
        .contains("RabbitMQ at 127.0.0.1:" + brokerPort + ": the TLS connection fails");
  }

  @Test
  void untrustedDatabaseFailsTheStartWithOneLine() {
    Checkout.RunResult runResult = dev(settings(ours, postgresUrl(another)), options());

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err())
        .contains("PostgreSQL at postgresql://localhost:")
        .contains("the TLS connection fails")
        .contains("sslrootcert")
        .doesNotContain("\tat ");
  }

  /**
   * Without Redis a worker enforces its own fraction of the limits and logs the reason in one line.
   */
  @Test
  void untrustedRedisIsLoggedInOneLine() {
    Map<String, String> settings = new HashMap<>(settings(ours, postgresUrl(ours)));
    settings.put(
        "SPRING_SSL_BUNDLE_PEM_OTHER_TRUSTSTORE_CERTIFICATE", another.certificate().toString());
    settings.put("SLUICE_REDIS_SSLBUNDLE", "other");
    try (RunningSluice sluice =
        RunningSluice.start(folder.resolve("other-home"), settings, options())) {
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () ->
                  assertThat(log(sluice, "worker-1").lines().filter(line -> line.contains("Redis")))
                      .singleElement()
                      .asString()
                      .contains("Cannot connect to Redis")
                      .contains("certification path"));
    }
  }

  private static Checkout.RunResult dev(Map<String, String> settings, String... options) {
    String[] all = new String[options.length + 3];
    all[0] = "dev";
    all[1] = "--home";
    all[2] = folder.resolve("refused").toString();
    System.arraycopy(options, 0, all, 3, options.length);
    return Checkout.run(settings, all);
  }

  private static String[] options() {
    return new String[] {
      "--amqp-url",
      broker.url(1).replaceAll("amqp://(.*)@.*", "amqps://$1@localhost:" + brokerPort),
      "--redis-url",
      "rediss://localhost:" + redis.port()
    };
  }

  private static String postgresUrl(TestAuthority authority) {
    return "%s?sslmode=verify-full&sslrootcert=%s"
        .formatted(postgres.url().replace("127.0.0.1", "localhost"), authority.certificate());
  }

  private static Map<String, String> settings(TestAuthority trusted, String database) {
    String bundle = "SPRING_SSL_BUNDLE_PEM_INSIDE_";
    return Map.of(
        bundle + "TRUSTSTORE_CERTIFICATE",
        trusted.certificate().toString(),
        bundle + "KEYSTORE_CERTIFICATE",
        certificate.certificate().toString(),
        bundle + "KEYSTORE_PRIVATEKEY",
        certificate.key().toString(),
        "SPRING_RABBITMQ_SSL_BUNDLE",
        "inside",
        "SLUICE_REDIS_SSLBUNDLE",
        "inside",
        "SPRING_DATASOURCE_URL",
        database,
        "SPRING_DATASOURCE_USERNAME",
        "postgres");
  }

  private static String log(RunningSluice sluice, String name) {
    try {
      return Files.readString(sluice.home().resolve("logs").resolve(name + ".log"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
