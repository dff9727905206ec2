package dev.sluice.producer.quota;

import dev.sluice.platform.startup.StartupException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The quota of projects that have no quota of their own, below {@code sluice.quota}; 0 means no
 * limit.
 *
 * @param batches maximum number of unfinished batches. Default: 0.
 * @param queuedTasks maximum number of unfinished tasks of those batches. Default: 0.
 * @param queuedBytes maximum total size of the input files of those batches. Default: 0.
 * @param storedBytes maximum total size of all uploaded files and of the inputs that batches store.
 *     Default: 0.
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

  private static void check(String name, long limit) {
    if (limit < 0) {
      throw new StartupException(
          "sluice.quota.%s (%d) is below 0. Set a value of at least 1, or 0 for no limit."
              .formatted(name, limit));
    }
  }

  Quota quota() {
    return new Quota(batches, queuedTasks, queuedBytes.toBytes(), storedBytes.toBytes());
  }
}
