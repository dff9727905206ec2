package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.RouteReport;
import dev.sluice.common.fleet.TaskSearchMessage;
import dev.sluice.common.fleet.TaskSearchResultMessage;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.common.topology.DelayLevels;
import dev.sluice.common.topology.DelayPath;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import tools.jackson.databind.JsonNode;

/** The queue of a route is deleted or purged while tasks are in it. */
class LostTasksIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TASKS = QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH);
  private static final int LINES = 70;
  private static final String WORKER = "fake";

  private static @Nullable RunningProducer running;

  @BeforeAll
  static void start(@TempDir Path directory) {
    running = RunningProducer.start(directory.resolve("postgres"), "sluice.dispatch.lost-after=2s");
  }

  @AfterAll
  static void stop() {
    producer().close();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(
            producer()
                .jdbc()
                .sql("select coalesce(sum(abs(queued) + abs(submitted)), 0) from shares")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void tasksOfADeletedQueueArePublishedAgainAsTheirNextRun() throws Exception {
    String batch = submittedBatch();

    admin().deleteQueue(TASKS);

    await().atMost(SOON).until(() -> nextRuns(batch) >= RunningProducer.MAX_TASKS_IN_BROKER);
    try (FakeWorker worker = producer().worker()) {
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("request_counts").path("completed").asInt()).isEqualTo(LINES);
      assertThat(worker.received).extracting(task -> task.ids().taskId()).doesNotHaveDuplicates();
    }
  }

  @Test
  void lostTasksExpireLikeOthers() throws Exception {
    String batch = submittedBatch();
    admin().purgeQueue(TASKS, false);
    await().atMost(SOON).until(() -> nextRuns(batch) >= RunningProducer.MAX_TASKS_IN_BROKER);
    String where = " where batch_id = :batch and state = 'queued'";
    producer()
        .jdbc()
        .sql("update tasks set run = 2, recoveries = 1" + where)
        .param("batch", RunningProducer.uuid(batch))
        .update();
    producer()
        .jdbc()
        .sql("update batches set expires_at = created_at where id = :batch")
        .param("batch", RunningProducer.uuid(batch))
        .update();

    try (FakeWorker worker =
        producer()
            .worker(
                task ->
                    List.of(
                        OutcomeMessage.expired(task.ids(), FakeWorker.stats(0), task.body())))) {
      producer().finished(batch);
      assertThat(worker.received).hasSizeLessThanOrEqualTo(LINES);
    }
    JsonNode progress = producer().get("/api/batches/" + batch);
    assertThat(progress.path("expired").asInt()).isEqualTo(LINES);
    assertThat(progress.path("failed").asInt()).isZero();
  }

  @Test
  void cancelledBatchFinishesAfterItsQueueIsPurged() throws Exception {
    String batch = submittedBatch();
    admin().purgeQueue(TASKS, false);

    producer().send("POST", "/v1/batches/" + batch + "/cancel", "");

    JsonNode finished = producer().finished(batch);
    assertThat(finished.path("status").asString()).isEqualTo("cancelled");
    assertThat(producer().content(finished.path("error_file_id").asString()).lines())
        .hasSize(LINES)
        .allMatch(line -> line.contains("\"code\":\"batch_cancelled\""));
  }

  @Test
  void delayedTasksAreNotLost() throws Exception {
    String batch = submittedBatch();
    DelayPath path = DelayLevels.path(RunningProducer.ROUTE, Lane.BATCH, Duration.ofSeconds(25));
    List<Message> delayed = receive(2);
    delayed.forEach(task -> template().send(path.exchange(), path.routingKey(), task));
    admin().purgeQueue(TASKS, false);

    await()
        .atMost(SOON)
        .until(() -> nextRuns(batch) >= RunningProducer.MAX_TASKS_IN_BROKER - delayed.size());
    try (FakeWorker worker = producer().worker()) {
      producer().finished(batch);
      assertThat(worker.received)
          .filteredOn(task -> task.ids().run() == 1)
          .extracting(task -> task.ids().taskId())
          .containsAll(
              delayed.stream().map(task -> task.getMessageProperties().getMessageId()).toList());
      assertThat(worker.received).extracting(task -> task.ids().taskId()).doesNotHaveDuplicates();
    }
  }

  /** Its worker always reports a call, so that the route is never idle. */
  @Test
  void lostTasksOfABusyRouteArePublishedAgain() throws Exception {
    String batch = submittedBatch();
    List<String> lost =
        receive(2).stream().map(task -> task.getMessageProperties().getMessageId()).toList();
    report(Duration.ofMinutes(10));
    try (FakeWorker worker = producer().worker();
        SearchAnswers answers = new SearchAnswers(worker)) {
      JsonNode finished = producer().finished(batch);
      assertThat(finished.path("request_counts").path("completed").asInt()).isEqualTo(LINES);
      assertThat(worker.received)
          .filteredOn(task -> task.ids().run() > 1)
          .extracting(task -> task.ids().taskId())
          .containsExactlyInAnyOrderElementsOf(lost);
      assertThat(worker.received).hasSize(LINES);
      assertThat(answers.count).as("two rounds").hasValue(2);
    } finally {
      report(Duration.ofMillis(1));
    }
  }

  /** Answers the producer's searches as a worker that has received what the fake one has. */
  private static final class SearchAnswers implements AutoCloseable {
    private final AtomicInteger count = new AtomicInteger();
    private final SimpleMessageListenerContainer container;

    SearchAnswers(FakeWorker worker) {
      Declarables queues = FleetTopics.listener(FleetTopics.TASK_SEARCH);
      Queue queue = queues.getDeclarablesByType(Queue.class).getFirst();
      admin().declareQueue(queue);
      queues.getDeclarablesByType(Binding.class).forEach(admin()::declareBinding);
      container = new SimpleMessageListenerContainer(producer().bean(ConnectionFactory.class));
      container.setQueues(queue);
      container.setReceiveTimeout(50);
      container.setMessageListener(
          message -> FleetCodec.taskSearch(message).ifPresent(search -> answer(search, worker)));
      container.start();
    }

    private void answer(TaskSearchMessage search, FakeWorker worker) {
      List<String> received = worker.received.stream().map(task -> task.ids().taskId()).toList();
      template()
          .send(
              Exchanges.FLEET,
              FleetTopics.TASK_SEARCH_RESULT,
              FleetCodec.write(
                  new TaskSearchResultMessage(WORKER, search.search(), search.round(), received)));
      count.incrementAndGet();
    }

    @Override
    public void close() {
      container.stop();
      container.destroy();
    }
  }

  private static void report(Duration validity) {
    RouteReport route =
        new RouteReport(
            RunningProducer.ROUTE,
            /* concurrency= */ 1,
            /* running= */ 1,
            /* waiting= */ 0,
            null,
            null,
            List.of(),
            "worker",
            1,
            new RouteReport.CallsReport(0, 0, 0, 0));
    template()
        .send(
            Exchanges.FLEET,
            FleetTopics.REPORT,
            FleetCodec.write(new WorkerReport(WORKER, validity.toMillis(), false, List.of(route))));
  }

  /** A batch whose tasks are in the queue. They are recorded as submitted before that. */
  private static String submittedBatch() throws Exception {
    String batch = producer().batch(RunningProducer.lines(LINES));
    await()
        .atMost(SOON)
        .until(() -> count(batch, "state = 'submitted'") == RunningProducer.MAX_TASKS_IN_BROKER);
    await().atMost(SOON).until(() -> messages() == RunningProducer.MAX_TASKS_IN_BROKER);
    return batch;
  }

  private static long messages() {
    QueueInformation queue = admin().getQueueInfo(TASKS);
    return queue == null ? 0 : queue.getMessageCount();
  }

  private static long nextRuns(String batch) {
    return count(batch, "run = 2");
  }

  private static long count(String batch, String condition) {
    return producer()
        .jdbc()
        .sql("select count(*) from tasks where batch_id = :batch and " + condition)
        .param("batch", RunningProducer.uuid(batch))
        .query(Long.class)
        .single();
  }

  private static List<Message> receive(int count) {
    return Stream.generate(() -> template().receive(TASKS, 5_000))
        .limit(count)
        .map(Objects::requireNonNull)
        .toList();
  }

  private static RabbitTemplate template() {
    return new RabbitTemplate(producer().bean(ConnectionFactory.class));
  }

  private static AmqpAdmin admin() {
    return producer().bean(AmqpAdmin.class);
  }

  private static RunningProducer producer() {
    return Objects.requireNonNull(running);
  }
}
