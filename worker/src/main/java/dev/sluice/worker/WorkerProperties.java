package dev.sluice.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The worker's settings, below {@code sluice}.
 *
 * @param worker who it is
 * @param redis where the workers share their limits
 */
@ConfigurationProperties("sluice")
record WorkerProperties(@DefaultValue Identity worker, @DefaultValue Redis redis) {

  /**
   * The Redis or Valkey in which the workers of an installation share the limits of their routes.
   *
   * @param url {@code redis://} or, with TLS, {@code rediss://}, with host, port, and user and
   *     password if need be. Default: none, each worker keeps its part of the limits.
   */
  record Redis(@DefaultValue("") String url) {
    private static final Pattern URL = Pattern.compile("rediss?://[^\\s]+");

    Redis {
      if (!url.isBlank() && !URL.matcher(url).matches()) {
        throw new IllegalArgumentException(
            "sluice.redis.url (%s) is not a redis:// or rediss:// URL".formatted(withoutKey(url)));
      }
    }

    private static String withoutKey(String url) {
      return url.replaceAll("//.*@", "//***@");
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Redis[url=" + withoutKey(url) + "]";
    }
  }

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
