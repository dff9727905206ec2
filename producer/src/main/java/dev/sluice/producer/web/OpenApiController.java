package dev.sluice.producer.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the contract of the HTTP API, {@code openapi.yaml}, as JSON. It contains no secrets and
 * needs no key. It is read at the first request, so that it does not slow the start.
 */
@RestController
class OpenApiController {
  private static final Duration CACHE_TIME = Duration.ofHours(1);

  private final Supplier<Document> document = SingletonSupplier.of(OpenApiController::read);

  private record Document(String json, String etag) {}

  /** Writes to the response directly, without content negotiation, so any {@code Accept} works. */
  @GetMapping("/openapi.json")
  void openApi(ServletWebRequest request, HttpServletResponse response) throws IOException {
    Document current = document.get();
    response.setHeader(
        HttpHeaders.CACHE_CONTROL, CacheControl.maxAge(CACHE_TIME).cachePublic().getHeaderValue());
    if (!request.checkNotModified(current.etag())) {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      byte[] body = current.json().getBytes(StandardCharsets.UTF_8);
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }

  private static Document read() {
    try (InputStream in = new ClassPathResource("openapi.yaml").getInputStream()) {
      Map<String, Object> contract =
          new LinkedHashMap<>(new Yaml(new SafeConstructor(new LoaderOptions())).load(in));
      contract.computeIfPresent("info", (name, info) -> withVersion((Map<?, ?>) info));
      String json = JsonMapper.shared().writeValueAsString(contract);
      String digest = DigestUtils.md5DigestAsHex(json.getBytes(StandardCharsets.UTF_8));
      return new Document(json, '"' + digest + '"');
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The version of the contract is that of the producer. */
  private static Map<Object, Object> withVersion(Map<?, ?> info) {
    Map<Object, Object> versioned = new LinkedHashMap<>(info);
    String version = OpenApiController.class.getPackage().getImplementationVersion();
    versioned.put("version", Objects.requireNonNullElse(version, "development"));
    return versioned;
  }
}
