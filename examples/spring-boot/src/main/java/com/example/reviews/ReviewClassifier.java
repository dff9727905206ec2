package com.example.reviews;

import dev.langchain4j.model.chat.ChatModel;
import dev.sluice.client.task.LlmAnswer;
import dev.sluice.client.task.LlmRequest;
import dev.sluice.client.task.LlmTasks;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/** Asks for the sentiment of reviews. */
public class ReviewClassifier {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ChatModel model;
  private final LlmTasks tasks;
  private final String route;

  ReviewClassifier(ChatModel model, LlmTasks tasks, String route) {
    this.model = model;
    this.tasks = tasks;
    this.route = route;
  }

  /** A live call over HTTP. It has priority over batches and over {@link #classifyAll}. */
  public String classify(String review) {
    return model.chat(prompt(review));
  }

  /** One task per review over AMQP, in the batch lane; returns when all have ended. */
  public List<String> classifyAll(List<String> reviews) {
    List<CompletableFuture<LlmAnswer>> answers =
        reviews.stream().map(review -> tasks.enqueue(request(review))).toList();
    return answers.stream().map(answer -> text(answer.join())).toList();
  }

  private LlmRequest request(String review) {
    Map<String, Object> body =
        Map.of(
            "model",
            ReviewsConfiguration.MODEL,
            "messages",
            List.of(Map.of("role", "user", "content", prompt(review))));
    return LlmRequest.chat(route, JSON.writeValueAsString(body));
  }

  private static String prompt(String review) {
    return "Is this review positive or negative? Answer with one word.\n\n" + review;
  }

  /** The provider's own errors are answers too, with their status. */
  private static String text(LlmAnswer answer) {
    if (!answer.isOk()) {
      throw new IllegalStateException("HTTP " + answer.status() + ": " + answer.body());
    }
    return JSON.readTree(answer.body()).at("/choices/0/message/content").asString();
  }
}
