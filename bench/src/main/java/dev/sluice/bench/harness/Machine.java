package dev.sluice.bench.harness;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The machine's hardware and load. */
public record Machine(String hardware, double load) {
  /** Reads the current state. */
  public static Machine now() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    String hardware =
        "%d cores, %d GiB, %s %s, Java %s"
            .formatted(
                system.getAvailableProcessors(),
                system.getTotalMemorySize() >> 30,
                system.getName(),
                system.getArch(),
                System.getProperty("java.version"));
    return new Machine(hardware, system.getSystemLoadAverage());
  }

  /** Description for a report. */
  public String description() {
    return "%s; load %.2f".formatted(hardware, load);
  }
}
