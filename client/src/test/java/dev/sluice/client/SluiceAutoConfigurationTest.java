package dev.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.client.task.LlmTasks;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

class SluiceAutoConfigurationTest {

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({RabbitAutoConfiguration.class, SluiceAutoConfiguration.class})
  static class WithRabbit {}

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(SluiceAutoConfiguration.class)
  static class WithoutRabbit {}

  @Test
  void propertySwitchesItOff() {
    try (var context = context(WithRabbit.class, Map.of("sluice.client.enabled", "false"))) {
      context.refresh();

      assertThat(context.getBeansOfType(LlmTasks.class)).isEmpty();
      assertThat(context.containsBean("llmReplyQueue")).isFalse();
    }
  }

  @Test
  void nothingIsConfiguredWithoutRabbitMq() {
    try (var context = context(WithoutRabbit.class, Map.of())) {
      context.refresh();

      assertThat(context.getBeansOfType(LlmTasks.class)).isEmpty();
    }
  }

  @Test
  void invalidPropertyIsReported() {
    try (var context = context(WithRabbit.class, Map.of("sluice.client.confirm-timeout", "0s"))) {
      assertThatThrownBy(context::refresh)
          .hasRootCauseMessage("sluice.client.confirm-timeout (PT0S) must be at least 1 ms.");
    }
  }

  private static AnnotationConfigApplicationContext context(
      Class<?> application, Map<String, Object> properties) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("this test", properties));
    context.register(application);
    return context;
  }
}
