package dev.sluice.platform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.platform.secret.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.NoSuchSslBundleException;

class ProviderConnectionIT {
  @TempDir private static Path folder = Path.of("");
  private static TestAuthority trusted;
  private static TestAuthority untrusted;
  private static TestAuthority.SignedCertificate certificate;
  private static HttpsServer server;

  @BeforeAll
  static void listen() throws IOException {
    trusted = TestAuthority.in(folder.resolve("trusted"));
    untrusted = TestAuthority.in(folder.resolve("untrusted"));
    certificate = trusted.sign("provider", "dns:localhost");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(trusted.bundle(certificate).createSslContext()));
    server.createContext(
        "/v1/models",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  @Test
  void bundleAcceptsPrivateAuthorityForMatchingHostName() throws Exception {
    DefaultSslBundleRegistry bundles =
        new DefaultSslBundleRegistry("private", trusted.bundle(certificate));

    assertThat(status(ProviderConnection.to(provider("localhost", "private"), bundles)))
        .isEqualTo(200);
    assertThatThrownBy(() -> status(ProviderConnection.to(provider("localhost", ""), bundles)))
        .isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(
            () -> status(ProviderConnection.to(provider("127.0.0.1", "private"), bundles)))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void updatedBundleAppliesToNextConnection() throws Exception {
    DefaultSslBundleRegistry bundles =
        new DefaultSslBundleRegistry("private", untrusted.bundle(untrusted.sign("x", "dns:x")));
    ProviderConnection connection =
        ProviderConnection.to(provider("localhost", "private"), bundles);
    assertThatThrownBy(() -> status(connection)).isInstanceOf(SSLHandshakeException.class);

    bundles.updateBundle("private", trusted.bundle(certificate));

    assertThat(status(connection)).isEqualTo(200);
  }

  @Test
  void undefinedBundleIsNamed() {
    assertThatThrownBy(
            () ->
                ProviderConnection.to(
                    provider("localhost", "none"), new DefaultSslBundleRegistry()))
        .isInstanceOfSatisfying(
            NoSuchSslBundleException.class,
            missing -> assertThat(missing.getBundleName()).isEqualTo("none"));
  }

  @Test
  void apiKeyIsReadFromFileAtEachCall() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "sk-1\n");
    ProviderConnection connection =
        ProviderConnection.to(
            TestRoutes.route("mini", Map.of("provider.api-key-file", file.toString())).provider(),
            new DefaultSslBundleRegistry());
    assertThat(connection.key()).isEqualTo("sk-1");

    Files.writeString(file, "sk-2\n");

    assertThat(connection.key()).isEqualTo("sk-2");
    assertThat(connection.hasRotatingKey()).isTrue();
  }

  private static int status(ProviderConnection connection)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(connection.baseUrl() + "/models")).build();
    return connection.client().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static Provider provider(String host, String bundle) {
    String url = "https://%s:%d/v1/".formatted(host, server.getAddress().getPort());
    return TestRoutes.route("mini", Map.of("provider.url", url, "provider.ssl-bundle", bundle))
        .provider();
  }
}
