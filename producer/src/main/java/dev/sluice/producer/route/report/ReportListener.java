package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.producer.route.override.RouteOverridesChanged;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Receives the workers' reports, and their answers to searches; counts and ignores invalid ones.
 */
@Component
class ReportListener implements MessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(ReportListener.class);
  private static final int MAX_BYTES = 256 * 1024;

  private final ReportSanitizer sanitizer;
  private final WorkerReports reports;
  private final TaskSearchResults searchResults;
  private final ApplicationEventPublisher events;
  private final MeterRegistry metrics;

  ReportListener(
      ReportSanitizer sanitizer,
      WorkerReports reports,
      TaskSearchResults searchResults,
      ApplicationEventPublisher events,
      MeterRegistry metrics) {
    this.sanitizer = sanitizer;
    this.reports = reports;
    this.searchResults = searchResults;
    this.events = events;
    this.metrics = metrics;
  }

  @Override
  public void onMessage(Message message) {
    if (message.getBody().length > MAX_BYTES) {
      ignore("unreadable");
    } else if (FleetTopics.TASK_SEARCH_RESULT.equals(
        message.getMessageProperties().getReceivedRoutingKey())) {
      FleetCodec.taskSearchResult(message).ifPresent(searchResults::add);
    } else {
      onReport(message);
    }
  }

  private void onReport(Message message) {
    Optional<WorkerReport> sanitized = FleetCodec.report(message).flatMap(sanitizer::sanitize);
    if (sanitized.isEmpty()) {
      ignore("unreadable");
      return;
    }
    boolean isNew = !reports.hasReported(sanitized.get().worker());
    if (!reports.add(sanitized.get(), FleetCodec.sentAt(message).orElse(null))) {
      ignore("too_many_workers");
    } else if (isNew) {
      events.publishEvent(new RouteOverridesChanged());
    }
  }

  private void ignore(String reason) {
    LOG.debug("Ignored a worker report: {}", reason);
    metrics.counter("sluice.fleet.ignored", "reason", reason).increment();
  }
}
