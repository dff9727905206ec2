package com.example.reviews;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.sluice.client.task.LlmTasks;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
public class ReviewsConfiguration {
  static final String MODEL = "gpt-4o-mini";

  /** Without retries of its own: Sluice retries after 429s and failures, until the timeout. */
  @Bean
  ChatModel chatModel(
      @Value("${reviews.base-url}") String baseUrl, @Value("${reviews.api-key}") String apiKey) {
    return OpenAiChatModel.builder()
        .baseUrl(baseUrl)
        .apiKey(apiKey)
        .modelName(MODEL)
        .maxRetries(0)
        .timeout(Duration.ofMinutes(10))
        .build();
  }

  /** Sluice's auto-configuration creates {@code tasks}. */
  @Bean
  ReviewClassifier reviewClassifier(
      ChatModel model, LlmTasks tasks, @Value("${reviews.route:default}") String route) {
    return new ReviewClassifier(model, tasks, route);
  }
}
