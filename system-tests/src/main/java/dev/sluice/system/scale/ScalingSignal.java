package dev.sluice.system.scale;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.system.run.RunningSluice;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What workers are scaled by. */
enum ScalingSignal {
  /**
   * Messages in the queue, unacknowledged ones included, as many for each worker as it can call.
   */
  DEPTH("depth of the queue") {
    @Override
    double read(Sources sources) {
      return sources.messages();
    }

    @Override
    double target(int concurrency) {
      return concurrency;
    }
  },

  /** What {@code k8s/overlays/production/scaling.yaml} says: {@code min(wanted, tasks + live)}. */
  WANTED("min(backlog, limiter)") {
    @Override
    double read(Sources sources) {
      return Math.min(sources.wanted(), sources.messages());
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

  /** As people call it. */
  String title() {
    return title;
  }

  /** The metric now. */
  abstract double read(Sources sources);

  /** What one worker is for. */
  abstract double target(int concurrency);

  /** Where the numbers come from. */
  record Sources(RunningSluice sluice, AmqpAdmin broker, String route) {
    private static final JsonMapper JSON = JsonMapper.shared();

    private long wanted() {
      return JSON.readTree(sluice.get("/api/plan/" + route)).path("workers_wanted").asLong();
    }

    /**
     * Ready and unacknowledged. The private broker has no management API: what is unacknowledged is
     * what workers say they have, since each consumer has one.
     */
    private long messages() {
      long ready =
          Stream.of(Lane.values())
              .map(lane -> broker.getQueueInfo(QueueNames.tasks(route, lane)))
              .mapToLong(Sources::messages)
              .sum();
      JsonNode shown = JSON.readTree(sluice.get("/api/routes")).path("routes").path(0);
      return ready + shown.path("running").asLong() + shown.path("waiting").asLong();
    }

    private static long messages(@Nullable QueueInformation queue) {
      return queue == null ? 0 : queue.getMessageCount();
    }
  }
}
