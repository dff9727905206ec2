package dev.sluice.producer.report;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.WorkerReport;
import dev.sluice.producer.override.RouteOverridesChanged;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Takes the workers' reports; what is none is counted and passed over. */
@Component
class ReportListener implements MessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(ReportListener.class);
  private static final int MOST_BYTES = 256 * 1024;

  private final ReportSanitizer rules;
  private final WorkerReports view;
  private final ApplicationEventPublisher events;
  private final MeterRegistry metrics;

  ReportListener(
      ReportSanitizer rules,
      WorkerReports view,
      ApplicationEventPublisher events,
      MeterRegistry metrics) {
    this.rules = rules;
    this.view = view;
    this.events = events;
    this.metrics = metrics;
  }

  @Override
  public void onMessage(Message message) {
    Optional<WorkerReport> report =
        message.getBody().length > MOST_BYTES ? Optional.empty() : FleetCodec.report(message);
    Optional<WorkerReport> kept = report.flatMap(rules::keep);
    if (kept.isEmpty()) {
      ignored("unreadable");
      return;
    }
    boolean isNew = !view.knows(kept.get().worker());
    if (!view.hear(kept.get())) {
      ignored("too_many_workers");
    } else if (isNew) {
      events.publishEvent(new RouteOverridesChanged());
    }
  }

  private void ignored(String reason) {
    LOG.debug("A report is passed over: {}", reason);
    metrics.counter("sluice.fleet.ignored", "reason", reason).increment();
  }
}
