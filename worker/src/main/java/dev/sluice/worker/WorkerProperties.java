package dev.sluice.worker;

import dev.sluice.common.secret.BrokerCredentials;
import dev.sluice.common.secret.SecretFile;
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
 * @param worker who it is
 * @param redis where the workers share their limits
 * @param rabbitmq how it logs in at the broker
 * @param logContent whether requests and replies are written into the log. Default: false.
 */
@ConfigurationProperties("sluice")
record WorkerProperties(
    @DefaultValue Identity worker,
    @DefaultValue Redis redis,
    @DefaultValue BrokerCredentials rabbitmq,
    @DefaultValue("false") boolean logContent) {

  /**
   * The Redis or Valkey in which the workers of an installation share the limits of their routes.
   *
   * @param url {@code redis://} or, with TLS, {@code rediss://}, with host, port, and user and
   *     password if need be. Default: none, each worker keeps its part of the limits.
   * @param sslBundle the name of the bundle below {@code spring.ssl.bundle} that its certificate is
   *     checked with. Default: none, Java's own authorities.
   * @param passwordFile holds the password, read for each new connection. Default: none.
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
            "sluice.redis.url (%s) is not a redis:// or rediss:// URL".formatted(withoutKey(url)));
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

    /** Where it is, and how to log in. */
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

    /** Null where the URL names none. */
    private @Nullable String user() {
      String login = URI.create(url).getUserInfo();
      String user = login == null ? "" : login.replaceFirst(":.*", "");
      return user.isEmpty() ? null : user;
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
   * @param routes the names of the routes that it serves, so that each can have as many workers as
   *     it needs. Default: all.
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
      } catch (UnknownHostException nameless) {
        return "worker";
      }
    }
  }
}
