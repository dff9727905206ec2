package dev.sluice.common.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.common.secret.TestAuthority;
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
  private static TestAuthority ours;
  private static TestAuthority another;
  private static TestAuthority.SignedCertificate shown;
  private static HttpsServer server;

  @BeforeAll
  static void listen() throws IOException {
    ours = TestAuthority.in(folder.resolve("ours"));
    another = TestAuthority.in(folder.resolve("another"));
    shown = ours.sign("provider", "dns:localhost");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(ours.bundle(shown).createSslContext()));
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
  void aProviderOfAPrivateAuthorityIsReachedWithItsBundleAndByItsName() throws Exception {
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("inside", ours.bundle(shown));

    assertThat(status(ProviderConnection.to(provider("localhost", "inside"), bundles)))
        .isEqualTo(200);
    assertThatThrownBy(() -> status(ProviderConnection.to(provider("localhost", ""), bundles)))
        .isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(
            () -> status(ProviderConnection.to(provider("127.0.0.1", "inside"), bundles)))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void aRenewedBundleCountsFromTheNextConnectionOn() throws Exception {
    DefaultSslBundleRegistry bundles =
        new DefaultSslBundleRegistry("inside", another.bundle(another.sign("x", "dns:x")));
    ProviderConnection link = ProviderConnection.to(provider("localhost", "inside"), bundles);
    assertThatThrownBy(() -> status(link)).isInstanceOf(SSLHandshakeException.class);

    bundles.updateBundle("inside", ours.bundle(shown));

    assertThat(status(link)).isEqualTo(200);
  }

  @Test
  void aBundleThatIsNotDefinedIsNamed() {
    assertThatThrownBy(
            () ->
                ProviderConnection.to(
                    provider("localhost", "none"), new DefaultSslBundleRegistry()))
        .isInstanceOfSatisfying(
            NoSuchSslBundleException.class,
            none -> assertThat(none.getBundleName()).isEqualTo("none"));
  }

  @Test
  void theKeyIsWhatItsFileSaysNow() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "sk-1\n");
    ProviderConnection link =
        ProviderConnection.to(
            TestRoutes.route("mini", Map.of("provider.api-key-file", file.toString())).provider(),
            new DefaultSslBundleRegistry());
    assertThat(link.authorization()).contains("Bearer sk-1");

    Files.writeString(file, "sk-2\n");

    assertThat(link.authorization()).contains("Bearer sk-2");
    assertThat(link.hasChangingKey()).isTrue();
  }

  private static int status(ProviderConnection link) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(link.baseUrl() + "/models")).build();
    return link.client().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static Provider provider(String host, String bundle) {
    String url = "https://%s:%d/v1/".formatted(host, server.getAddress().getPort());
    return TestRoutes.route("mini", Map.of("provider.url", url, "provider.ssl-bundle", bundle))
        .provider();
  }
}
