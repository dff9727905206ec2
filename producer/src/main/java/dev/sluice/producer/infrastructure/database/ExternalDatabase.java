package dev.sluice.producer.infrastructure.database;

import dev.sluice.platform.startup.StartupException;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.sql.DataSource;

/** A PostgreSQL server that runs outside of the producer. */
record ExternalDatabase(PooledDataSource pool) implements Database {
  private static final Pattern SECRET = Pattern.compile("(?i)(password=)[^&]*");
  private static final String CONNECT_SECONDS = "5";

  static ExternalDatabase connect(String url, String username, Supplier<String> password) {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new StartupException(
          "spring.datasource.url (%s) is not a PostgreSQL URL. Write it as jdbc:postgresql://host:5432/database, or remove it to use the embedded PostgreSQL."
              .formatted(redacted(url)));
    }
    Properties login = new Properties();
    if (!username.isEmpty()) { // otherwise the URL may contain one
      login.setProperty("user", username);
      login.setProperty("password", password.get());
    }
    login.setProperty("connectTimeout", CONNECT_SECONDS);
    login.setProperty("loginTimeout", CONNECT_SECONDS);
    try (Connection first = DriverManager.getConnection(url, login)) {
      if (first.isReadOnly()) {
        throw new StartupException(
            "PostgreSQL at %s is read-only. Set spring.datasource.url to the primary."
                .formatted(redacted(url)));
      }
    } catch (SQLException failure) {
      throw new StartupException(message(url, username, failure), failure);
    }
    return new ExternalDatabase(ConnectionPools.open(url, username, password));
  }

  private static String message(String url, String username, SQLException failure) {
    String server = "PostgreSQL at " + redacted(url);
    if (isTls(failure)) {
      return "%s: the TLS connection fails (%s). Check sslrootcert and sslmode in spring.datasource.url, and the name in the server's certificate."
          .formatted(server, oneLine(failure));
    }
    String state = String.valueOf(failure.getSQLState());
    return switch (state) {
      case "28P01", "28000" ->
          "%s rejects the login of user %s. Check spring.datasource.username and .password."
              .formatted(server, username);
      case "3D000" ->
          "%s has no such database. Create it, or correct spring.datasource.url.".formatted(server);
      default ->
          "%s cannot be reached (%s). Start it, or correct spring.datasource.url."
              .formatted(server, oneLine(failure));
    };
  }

  private static boolean isTls(SQLException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof GeneralSecurityException || t instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  private static String oneLine(SQLException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
  }

  private static String redacted(String url) {
    return SECRET.matcher(url.replaceFirst("^jdbc:", "")).replaceAll("$1***");
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public String kind() {
    return "external";
  }

  @Override
  public void close() {
    pool.close();
  }
}
