package dev.sluice.worker;

import dev.sluice.platform.secret.BrokerCredentials;
import dev.sluice.platform.secret.SecretFile;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The worker's settings, below {@code sluice}.
 *
 * @param worker name and routes of this worker
 * @param redis the store of shared limits
 * @param rabbitmq the credentials for the broker
 * @param logContent whether the log contains requests and replies. Default: false.
 */
@ConfigurationProperties("sluice")
record WorkerProperties(
    @DefaultValue Identity worker,
    @DefaultValue Redis redis,
    @DefaultValue BrokerCredentials rabbitmq,
    @DefaultValue("false") boolean logContent) {

  /**
   * The Redis or Valkey server in which all workers share the limits of their routes.
   *
   * @param url {@code redis://} or, with TLS, {@code rediss://}, with host and port, and optionally
   *     user and password. Default: none; the workers partition the limits.
   * @param sslBundle the name of a bundle below {@code spring.ssl.bundle} that verifies the
   *     server's certificate. Default: none; Java's default trust store.
   * @param passwordFile a file with the password, read for each new connection. Default: none.
   */
  record Redis(
      @DefaultValue("") String url,
      @DefaultValue("") String sslBundle,
      @Nullable Path passwordFile) {
    private static final Pattern URL = Pattern.compile("rediss?://[^\\s]+");
    private static final String PASSWORD_FILE = "sluice.redis.password-file";

    Redis {
      if (!url.isBlank() && !URL.matcher(url).matches()) {
        throw new IllegalArgumentException(
            "sluice.redis.url (%s) is not a redis:// or rediss:// URL"
                .formatted(maskPassword(url)));
      }
      if (!sslBundle.isEmpty() && !url.startsWith("rediss://")) {
        throw new IllegalArgumentException(
            "sluice.redis.ssl-bundle (%s) needs a rediss:// URL in sluice.redis.url"
                .formatted(sslBundle));
      }
      if (passwordFile != null) {
        SecretFile.of(PASSWORD_FILE, passwordFile);
      }
    }

    /** Address and credentials. */
    RedisURI uri() {
      RedisURI uri = RedisURI.create(url);
      if (passwordFile != null) {
        SecretFile password = SecretFile.of(PASSWORD_FILE, passwordFile);
        String user = user();
        uri.setCredentialsProvider(
            RedisCredentialsProvider.from(
                () -> RedisCredentials.just(user, password.read().toCharArray())));
      }
      return uri;
    }

    /** Null if the URL has no user. */
    private @Nullable String user() {
      String login = URI.create(url).getUserInfo();
      String user = login == null ? "" : login.replaceFirst(":.*", "");
      return user.isEmpty() ? null : user;
    }

    private static String maskPassword(String url) {
      return url.replaceAll("//.*@", "//***@");
    }

    /** Masks the password: settings are printed in logs and error messages. */
    @Override
    public String toString() {
      return "Redis[url=" + maskPassword(url) + "]";
    }
  }

  /**
   * Name and routes of this worker.
   *
   * @param name the worker name in outcomes, reports and logs. Default: host name and process id.
   * @param routes the names of the routes that this worker serves, so that each route can have its
   *     own number of workers. Default: all.
   */
  record Identity(@DefaultValue("") String name, @DefaultValue List<String> routes) {
    Identity {
      name = name.isBlank() ? hostAndProcess() : name;
      routes = List.copyOf(routes);
    }

    private static String hostAndProcess() {
      return host() + "-" + ProcessHandle.current().pid();
    }

    private static String host() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException unknownHost) {
        return "worker";
      }
    }
  }
}
