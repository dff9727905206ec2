package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.route.TestRoutes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class ModelsControllerTest {
  private static final String KEY = "sk-of-the-provider";

  private final HttpServer server;
  private volatile String reply = "{}";
  private volatile boolean endless;

  ModelsControllerTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/v1/models",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write(reply.getBytes(StandardCharsets.UTF_8));
            while (endless) {
              out.write(new byte[64 * 1024]);
            }
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    endless = false;
    server.stop(0);
  }

  @Test
  void modelsOfTheProviderThatTheRouteServesAreListed() {
    reply =
        """
        {"data":[{"id":"org/model-7b","created":7,"owned_by":"vendor"},{"id":"other"},{}]}""";

    assertThat(controller().list().data())
        .containsExactly(new ModelsController.Model("org/model-7b", "model", 7, "vendor"));
    assertThat(controller().retrieve("/org/model-7b").created()).isEqualTo(7);
  }

  @Test
  void keyOfTheProviderIsRemoved() {
    reply =
        """
        {"data":[{"id":"org/%1$s","owned_by":"\\u0073k-of-the-provider, %1$s"}]}"""
            .formatted(KEY);

    assertThat(controller().list().data())
        .containsExactly(new ModelsController.Model("org/***", "model", 0, "***, ***"));
  }

  @Test
  void endlessReplyIsNotRead() {
    reply = "{\"data\":[{\"id\":\"org/a\"}],\"more\":\"";
    endless = true;

    assertThat(controller().list().data()).isEmpty();
  }

  private ModelsController controller() {
    Map<String, String> settings =
        Map.of(
            "models",
            "org/*",
            "provider.url",
            "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort()),
            "provider.api-key",
            KEY);
    return new ModelsController(
        new Routes(List.of(TestRoutes.route("a", settings))), new DefaultSslBundleRegistry());
  }
}
