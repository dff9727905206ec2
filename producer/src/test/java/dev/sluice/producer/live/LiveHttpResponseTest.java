package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.web.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LiveHttpResponseTest {

  @Test
  void proxiesNeitherBufferNorStoreStreams() {
    Map<String, String> sent = new TreeMap<>();
    HttpServletResponse response =
        proxy(
            HttpServletResponse.class,
            (proxy, method, arguments) -> {
              if (method.getName().equals("setHeader")) {
                sent.put(arguments[0].toString().toLowerCase(Locale.ROOT), arguments[1].toString());
              }
              return null;
            });
    HttpServletRequest request =
        proxy(HttpServletRequest.class, (proxy, method, arguments) -> null);

    new LiveHttpResponse(request, response, new ErrorWriter(JsonMapper.builder().build()))
        .beginStream(Map.of("content-type", "text/event-stream", "cache-control", "public"));

    assertThat(sent)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "content-type", "text/event-stream",
                "x-accel-buffering", "no",
                "cache-control", "no-cache"));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
