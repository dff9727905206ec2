package dev.sluice.producer.infrastructure.retention;

import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import java.util.List;
import org.springframework.stereotype.Component;

/** Deletes the expired rows of all features in one loop. */
@Component
class Retention extends SingleLoopTask {
  private final List<ExpiredRows> all;

  Retention(RetentionSettings settings, List<ExpiredRows> all) {
    super("retention", settings.interval());
    this.all = all;
  }

  @Override
  protected boolean round() {
    boolean more = false;
    for (ExpiredRows rows : all) {
      more |= rows.deleteSome();
    }
    return more;
  }
}
