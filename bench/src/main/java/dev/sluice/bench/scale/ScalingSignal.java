package dev.sluice.bench.scale;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.testkit.run.RunningSluice;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Metric that scales the workers. */
enum ScalingSignal {
  /**
   * Messages in the queue, unacknowledged ones included, divided by the concurrency of one worker.
   */
  DEPTH("queue depth") {
    @Override
    double read(Sources sources) {
      return sources.messages();
    }

    @Override
    double target(int concurrency) {
      return concurrency;
    }
  },

  /** As in {@code k8s/overlays/production/scaling.yaml}: {@code min(desired, tasks + live)}. */
  DESIRED("min(backlog, limiter)") {
    @Override
    double read(Sources sources) {
      return Math.min(sources.desiredWorkers(), sources.messages());
    }

    @Override
    double target(int concurrency) {
      return 1;
    }
  };

  private final String title;

  ScalingSignal(String title) {
    this.title = title;
  }

  /** Name in the report. */
  String title() {
    return title;
  }

  /** Reads the current metric value. */
  abstract double read(Sources sources);

  /** Metric value per worker. */
  abstract double target(int concurrency);

  /** Sources of the metrics. */
  record Sources(RunningSluice sluice, AmqpAdmin broker, String route) {
    private static final JsonMapper JSON = JsonMapper.shared();

    private long desiredWorkers() {
      return JSON.readTree(sluice.get("/api/plan/" + route)).path("workers_desired").asLong();
    }

    /**
     * Ready and unacknowledged messages. The private broker has no management API, so
     * unacknowledged messages are counted from the workers' reports: each consumer holds one.
     */
    private long messages() {
      long ready =
          Stream.of(Lane.values())
              .map(lane -> broker.getQueueInfo(QueueNames.tasks(route, lane)))
              .mapToLong(Sources::messages)
              .sum();
      JsonNode status = JSON.readTree(sluice.get("/api/routes")).path("routes").path(0);
      return ready + status.path("running").asLong() + status.path("waiting").asLong();
    }

    private static long messages(@Nullable QueueInformation queue) {
      return queue == null ? 0 : queue.getMessageCount();
    }
  }
}
