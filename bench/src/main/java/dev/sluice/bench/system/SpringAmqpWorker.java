package dev.sluice.bench.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/** Worker process of {@link SpringAmqpSystem}. */
final class SpringAmqpWorker {
  static final String TASKS = "tasks";
  static final String RESULTS = "results";
  static final String ANSWERED = "answered";

  private static final String FAILED = "failed";
  private static final int MAX_ATTEMPTS = 30;
  private static final long BACKOFF_MILLIS = 250;
  private static final long BACKOFF_CAP_MILLIS = 20_000;
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Semaphore permits;
  private final RabbitTemplate template;

  private SpringAmqpWorker(RabbitTemplate template, int permits) {
    this.template = template;
    this.permits = new Semaphore(permits);
  }

  public static void main(String[] arguments) {
    CachingConnectionFactory connections =
        new CachingConnectionFactory(URI.create(System.getenv("AMQP_URL")));
    SpringAmqpWorker worker =
        new SpringAmqpWorker(new RabbitTemplate(connections), number("PERMITS"));
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
    container.setQueueNames(TASKS);
    container.setConcurrentConsumers(number("CONSUMERS"));
    container.setPrefetchCount(1);
    container.setMessageListener(worker::handle);
    container.afterPropertiesSet();
    container.start();
    System.out.println("ready");
    Runtime.getRuntime().addShutdownHook(new Thread(container::shutdown));
  }

  private static int number(String name) {
    return Integer.parseInt(System.getenv(name));
  }

  /** Returns when the result is published; the container then acknowledges the task. */
  private void handle(Message task) {
    String end = FAILED;
    try {
      for (int tries = 0; tries < MAX_ATTEMPTS && end.equals(FAILED); tries++) {
        HttpResponse<String> response = call(task);
        if (response.statusCode() == 200) {
          end = ANSWERED;
        } else {
          Thread.sleep(retryAfterMillis(response) + jitter(tries));
        }
      }
    } catch (IOException broken) {
      throw new IllegalStateException(broken);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped", stopped);
    }
    template.send(
        RESULTS,
        MessageBuilder.withBody(task.getBody())
            .copyProperties(task.getMessageProperties())
            .setType(end)
            .build());
  }

  private HttpResponse<String> call(Message task) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(System.getenv("PROVIDER_URL") + "/chat/completions"))
            .header("Authorization", "Bearer " + System.getenv("PROVIDER_KEY"))
            .header("Content-Type", "application/json")
            .timeout(CALL_TIMEOUT)
            .POST(BodyPublishers.ofByteArray(task.getBody()))
            .build();
    permits.acquire();
    try {
      return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    } finally {
      permits.release();
    }
  }

  private static long retryAfterMillis(HttpResponse<String> response) {
    return response
        .headers()
        .firstValue("retry-after-ms")
        .map(Long::parseLong)
        .or(() -> response.headers().firstValue("retry-after").map(s -> Long.parseLong(s) * 1000))
        .orElse(0L);
  }

  /** Full jitter. */
  private static long jitter(int tries) {
    long bound = Math.min(BACKOFF_CAP_MILLIS, BACKOFF_MILLIS << Math.min(tries, 10));
    return ThreadLocalRandom.current().nextLong(bound + 1);
  }
}
