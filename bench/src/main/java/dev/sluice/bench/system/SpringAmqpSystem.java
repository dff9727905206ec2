package dev.sluice.bench.system;

import dev.sluice.bench.prompt.BenchmarkTask;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.CloseableStack;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * A typical implementation: a listener, a semaphore around the call, Retry-After and exponential
 * backoff on 429. A semaphore limits concurrency, not the rate. If the limits are known, its size
 * is such that calls of mean latency just reach them.
 */
final class SpringAmqpSystem implements SystemUnderTest {
  /** Sluice's default concurrency. */
  private static final int DEFAULT_CONCURRENCY = 8;

  @Override
  public String name() {
    return "Spring AMQP";
  }

  @Override
  public boolean usesRedis() {
    return false;
  }

  @Override
  public Running start(BenchmarkInput benchmarkInput, CloseableStack open) {
    return new Listeners(benchmarkInput, permits(benchmarkInput), open);
  }

  /** Little's law: rate × latency, divided by the number of workers. */
  private static int permits(BenchmarkInput benchmarkInput) {
    double seconds = benchmarkInput.meanLatency().toMillis() / 1000.0;
    return benchmarkInput
        .tasksPerSecond()
        .map(rate -> Math.clamp((int) Math.ceil(rate * seconds / WORKERS), 1, DEFAULT_CONCURRENCY))
        .orElse(DEFAULT_CONCURRENCY);
  }

  private static final class Listeners implements Running {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final long RECEIVE_TIMEOUT_MILLIS = 500;

    private final BenchmarkInput benchmarkInput;
    private final List<ChildProcess> workers;
    private final RabbitTemplate template;

    Listeners(BenchmarkInput benchmarkInput, int permits, CloseableStack open) {
      this.benchmarkInput = benchmarkInput;
      String url = open.add(Broker.in(benchmarkInput.folder())).start();
      CachingConnectionFactory connections = new CachingConnectionFactory(URI.create(url));
      open.add(connections::destroy);
      RabbitAdmin admin = new RabbitAdmin(connections);
      admin.declareQueue(QueueBuilder.durable(SpringAmqpWorker.TASKS).quorum().build());
      admin.declareQueue(QueueBuilder.durable(SpringAmqpWorker.RESULTS).quorum().build());
      this.template = new RabbitTemplate(connections);
      Map<String, String> environment =
          Map.of(
              "AMQP_URL", url,
              "PROVIDER_URL", benchmarkInput.provider().toString(),
              "PROVIDER_KEY", benchmarkInput.key(),
              "PERMITS", Integer.toString(permits),
              "CONSUMERS", Integer.toString(DEFAULT_CONCURRENCY));
      this.workers =
          WorkerStarter.all(
              WORKERS, READY_TIMEOUT, number -> open.add(worker(number, environment)));
    }

    private ChildProcess worker(int number, Map<String, String> environment) {
      Path log = benchmarkInput.folder().resolve("spring-amqp-worker-%d.log".formatted(number));
      return ChildProcess.start(
          log,
          environment,
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              property("logback.configurationFile"),
              property("slf4j.provider"),
              "-cp",
              System.getProperty("java.class.path"),
              SpringAmqpWorker.class.getName()));
    }

    /** Passes a system property of this JVM to the child. */
    private static String property(String name) {
      return "-D%s=%s".formatted(name, System.getProperty(name));
    }

    @Override
    public RunResult work(Duration timeout) {
      long began = System.nanoTime();
      benchmarkInput.prompts().forEach(this::submit);
      Set<String> answered = new HashSet<>();
      Set<String> failed = new HashSet<>();
      template.setReceiveTimeout(RECEIVE_TIMEOUT_MILLIS);
      while (answered.size() + failed.size() < benchmarkInput.prompts().size()
          && System.nanoTime() - began < timeout.toNanos()) {
        Message result = template.receive(SpringAmqpWorker.RESULTS);
        if (result != null) {
          String id = result.getMessageProperties().getMessageId();
          boolean good = SpringAmqpWorker.ANSWERED.equals(result.getMessageProperties().getType());
          (good ? answered : failed).add(id);
        }
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
      return new RunResult(answered.size(), failed.size(), elapsed);
    }

    private void submit(BenchmarkTask prompt) {
      byte[] body = prompt.body().getBytes(StandardCharsets.UTF_8);
      template.send(
          SpringAmqpWorker.TASKS, MessageBuilder.withBody(body).setMessageId(prompt.id()).build());
    }

    @Override
    public void killWorker() {
      workers.get(1).kill();
    }
  }
}
