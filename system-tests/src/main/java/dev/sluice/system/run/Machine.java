package dev.sluice.system.run;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What it runs on, and how busy that is. */
public record Machine(String hardware, double load) {
  /** As it is now. */
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

  /** For a line of a report. */
  public String described() {
    return "%s; load %.2f".formatted(hardware, load);
  }
}
