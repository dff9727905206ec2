package dev.sluice.producer.quota;

import dev.sluice.common.startup.StartupException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a project may have at once that has no quota of its own, below {@code sluice.quota}; 0 is no
 * bound.
 *
 * @param batches batches that have not come to rest. Default: 0.
 * @param queuedTasks their tasks that have not ended. Default: 0.
 * @param queuedBytes the bytes of those batches' input files. Default: 0.
 * @param storedBytes the bytes of all uploaded files. Default: 0.
 */
@ConfigurationProperties("sluice.quota")
record QuotaSettings(
    @DefaultValue("0") long batches,
    @DefaultValue("0") long queuedTasks,
    @DefaultValue("0") DataSize queuedBytes,
    @DefaultValue("0") DataSize storedBytes) {

  QuotaSettings {
    check("batches", batches);
    check("queued-tasks", queuedTasks);
    check("queued-bytes", queuedBytes.toBytes());
    check("stored-bytes", storedBytes.toBytes());
  }

  private static void check(String name, long most) {
    if (most < 0) {
      throw new StartupException(
          "sluice.quota.%s (%d) is below 0. Set how much a project may have, or 0 for no bound."
              .formatted(name, most));
    }
  }

  Quota quota() {
    return new Quota(batches, queuedTasks, queuedBytes.toBytes(), storedBytes.toBytes());
  }
}
