package dev.sluice.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The worker's settings, below {@code sluice}.
 *
 * @param worker who it is
 */
@ConfigurationProperties("sluice")
record WorkerProperties(@DefaultValue Identity worker) {

  /**
   * Who a worker is.
   *
   * @param name signs its outcomes. Default: the host's name and the process id.
   */
  record Identity(@DefaultValue("") String name) {
    Identity {
      name = name.isBlank() ? hostAndProcess() : name;
    }

    private static String hostAndProcess() {
      return host() + "-" + ProcessHandle.current().pid();
    }

    private static String host() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException nameless) {
        return "worker";
      }
    }
  }
}
