package dev.sluice.testkit.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** GET requests to processes of this machine. */
final class LocalHttp {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(5);

  private LocalHttp() {}

  /** The body of the response. */
  static String body(URI url, String key) {
    try {
      return get(request(url, TIMEOUT).header("Authorization", "Bearer " + key)).body();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The status of the response; 0 if the process does not respond. */
  static int status(URI url) {
    try {
      return get(request(url, STATUS_TIMEOUT)).statusCode();
    } catch (IOException unreachable) {
      return 0;
    }
  }

  private static HttpRequest.Builder request(URI url, Duration timeout) {
    return HttpRequest.newBuilder(url).timeout(timeout);
  }

  private static HttpResponse<String> get(HttpRequest.Builder request) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }
}
