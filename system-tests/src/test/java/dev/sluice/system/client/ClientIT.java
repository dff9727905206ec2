package dev.sluice.system.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.client.SluiceAutoConfiguration;
import dev.sluice.client.task.LlmAnswer;
import dev.sluice.client.task.LlmRequest;
import dev.sluice.client.task.LlmTasks;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.AmqpException;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

class ClientIT {
  private static final String ROUTE = "default";

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;
  private static @Nullable ConfigurableApplicationContext application;

  /** An application whose only Sluice dependency is the client. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({RabbitAutoConfiguration.class, SluiceAutoConfiguration.class})
  static class Application {}

  @BeforeAll
  static void start() {
    sluice = RunningSluice.start(folder().resolve("home"), "--latency", "fixed:50ms");
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "this test", Map.of("spring.rabbitmq.addresses", setting("SLUICE_AMQP_URL"))));
    context.register(Application.class);
    context.refresh();
    application = context;
  }

  private static String setting(String name) {
    return Objects.requireNonNull(Objects.requireNonNull(sluice).environment().get(name), name);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(application).close();
    Objects.requireNonNull(sluice).close();
  }

  @Test
  void repliesReachTheirSenderInBothLanes() throws Exception {
    LlmTasks tasks = bean(LlmTasks.class);
    List<CompletableFuture<LlmAnswer>> answers =
        IntStream.range(0, 20)
            .mapToObj(i -> LlmRequest.chat(ROUTE, body("Say " + i + ".")))
            .map(request -> tasks.enqueue(request))
            .toList();
    LlmAnswer live =
        tasks.enqueue(LlmRequest.chat(ROUTE, body("At once.")).live()).get(60, TimeUnit.SECONDS);

    assertThat(live.isOk()).isTrue();
    assertThat(live.body()).contains("At once.");
    for (int i = 0; i < 20; i++) {
      LlmAnswer answer = answers.get(i).get(60, TimeUnit.SECONDS);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("Say " + i + ".");
    }
    LlmAnswer rejected =
        tasks
            .enqueue(LlmRequest.chat(ROUTE, "{\"model\":\"gpt-4o-mini\",\"messages\":[]}"))
            .get(60, TimeUnit.SECONDS);
    assertThat(rejected.status()).isEqualTo(400);
    assertThat(rejected.body()).contains("empty_array");
  }

  @Test
  void exampleApplicationCallsOverHttpAndAmqp() throws Exception {
    Path classes = compiled(Checkout.root().resolve("examples/spring-boot"));
    try (URLClassLoader loader =
            new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, ClientIT.class.getClassLoader());
        AnnotationConfigApplicationContext example = new AnnotationConfigApplicationContext()) {
      example.setClassLoader(loader);
      example
          .getEnvironment()
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  "this test",
                  Map.of(
                      "spring.rabbitmq.addresses",
                      setting("SLUICE_AMQP_URL"),
                      "reviews.base-url",
                      setting("OPENAI_BASE_URL"),
                      "reviews.api-key",
                      setting("OPENAI_API_KEY"))));
      example.register(
          Application.class, loader.loadClass("com.example.reviews.ReviewsConfiguration"));
      example.refresh();
      Object classifier = example.getBean("reviewClassifier");

      assertThat((String) call(classifier, "classify", String.class, "Good view.")).isNotBlank();
      assertThat((List<?>) call(classifier, "classifyAll", List.class, List.of("Good.", "Bad.")))
          .hasSize(2)
          .allSatisfy(answer -> assertThat(answer.toString()).isNotBlank());
    }
  }

  private static Object call(Object target, String method, Class<?> type, Object argument)
      throws ReflectiveOperationException {
    return target.getClass().getMethod(method, type).invoke(target, argument);
  }

  /** Compiles the sources of an example with the libraries of this test. */
  private static Path compiled(Path example) throws IOException {
    Path classes = Files.createDirectories(folder().resolve("example-classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (Stream<Path> sources = Files.walk(example.resolve("src/main/java"));
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean succeeded =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-parameters", "-proc:none", "-d", classes.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(
                      sources.filter(path -> path.toString().endsWith(".java")).toList()))
              .call();
      assertThat(succeeded).as(messages.toString()).isTrue();
    }
    return classes;
  }

  @Test
  void unroutableAndInvalidTasksAreRejectedAtOnce() {
    LlmTasks tasks = bean(LlmTasks.class);

    assertThatThrownBy(() -> tasks.enqueue(LlmRequest.chat("no-such-route", body("x"))))
        .isInstanceOf(AmqpException.class)
        .hasMessageContaining("no-such-route");
    assertThatThrownBy(() -> LlmRequest.chat(ROUTE, "{\"stream\":true}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stream");
  }

  private static String body(String prompt) {
    return "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(prompt);
  }

  private static <T> T bean(Class<T> type) {
    return Objects.requireNonNull(application).getBean(type);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
