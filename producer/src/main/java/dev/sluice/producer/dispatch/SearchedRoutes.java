package dev.sluice.producer.dispatch;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.TaskSearchMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.producer.dispatch.search.RouteView;
import dev.sluice.producer.route.report.TaskSearchResults;
import dev.sluice.producer.store.Publications;
import dev.sluice.producer.store.SubmittedTasks;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/** Reads the routes for the searches for lost tasks, and queries their workers. */
@Component
class SearchedRoutes {
  private final SubmittedTasks tasks;
  private final Publications publications;
  private final TaskPlaces places;
  private final TaskSearchResults results;
  private final RabbitTemplate template;

  SearchedRoutes(
      SubmittedTasks tasks,
      Publications publications,
      TaskPlaces places,
      TaskSearchResults results,
      ConnectionFactory connectionFactory) {
    this.tasks = tasks;
    this.publications = publications;
    this.places = places;
    this.results = results;
    this.template = new RabbitTemplate(connectionFactory); // neither mandatory nor confirmed
    template.setUsePublisherConnection(true); // a blocked publisher does not block consumers
  }

  RouteView of(String route) {
    return new View(route);
  }

  private final class View implements RouteView {
    private final String route;

    View(String route) {
      this.route = route;
    }

    @Override
    public Set<SubmittedTasks.Submission> submitted() {
      return tasks.of(route);
    }

    @Override
    public Optional<Set<String>> workers() {
      return places.workers(route);
    }

    @Override
    public void query(UUID search, int round, List<UUID> tasks) {
      NoTransaction.require();
      results.start(search);
      TaskSearchMessage message =
          new TaskSearchMessage(
              search.toString(), round, tasks.stream().map(UUID::toString).toList());
      template.send(Exchanges.FLEET, FleetTopics.TASK_SEARCH, FleetCodec.write(message));
    }

    @Override
    public Map<String, TaskSearchResults.Answer> answers(UUID search) {
      return results.of(search);
    }

    @Override
    public void end(UUID search) {
      results.end(search);
    }

    @Override
    public Optional<Set<UUID>> delayedTasks() {
      return places.delayedTasks();
    }

    @Override
    public Publications.DispatchPosition position() {
      return publications.position(route);
    }

    @Override
    public long ready() {
      return places.ready(route);
    }
  }
}
