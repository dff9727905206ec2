package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What to tell people of a call that did not succeed. */
final class ErrorMessages {
  private static final int SHOWN = 300;

  private final Connection connection;

  ErrorMessages(Connection connection) {
    this.connection = connection;
  }

  UnreachableException notReached(IOException cause) {
    if (cause instanceof SSLException) {
      return new UnreachableException(
          "Sluice at %s: the TLS connection fails (%s). Name the certificate of its authority with --cacert or SLUICE_CACERT, and call it by a name of its own certificate."
              .formatted(connection.url(), reason(cause)));
    }
    return new UnreachableException(
        "Sluice is not reached at %s (%s). Start it with `%s dev`, or set SLUICE_URL."
            .formatted(connection.url(), reason(cause), connection.command()));
  }

  UnreachableException brokenOff(IOException cause, String consequence) {
    return new UnreachableException(
        "The connection to Sluice at %s broke off (%s). %s"
            .formatted(connection.url(), reason(cause), consequence));
  }

  /**
   * A reply whose status is not 2xx.
   *
   * @param type of the body
   */
  CommandException refused(int status, @Nullable String type, byte[] body) {
    return switch (status) {
      case 401 -> keyRefused();
      case 403 ->
          told(body).isEmpty()
              ? keyRefused()
              : new CommandException(ExitCode.NOT_REACHED, told(body));
      case 502, 503, 504 ->
          new UnreachableException(
              "Sluice at %s is not ready (HTTP %d): %s"
                  .formatted(connection.url(), status, reason(body)));
      default ->
          isOurs(status, body)
              ? new CommandException(
                  status < 500 ? ExitCode.BAD_INPUT : ExitCode.UNEXPECTED, message(status, body))
              : notSluice(status, type);
    };
  }

  CommandException keyRefused() {
    String line =
        connection.apiKey().isPresent()
            ? "Sluice at %s refuses the API key: check SLUICE_API_KEY or --api-key."
            : "Sluice at %s wants an API key: set SLUICE_API_KEY, or give --api-key.";
    return new CommandException(ExitCode.NOT_REACHED, line.formatted(connection.url()));
  }

  /** A reply that is not JSON, which everything of the producer's is. */
  CommandException notSluice(int status, @Nullable String type) {
    String kind = type == null ? "no content type" : type.replaceFirst(";.*", "").strip();
    return new CommandException(
        ExitCode.NOT_REACHED,
        "%s answered, but it is not Sluice (HTTP %d, %s). Check SLUICE_URL."
            .formatted(connection.url(), status, kind));
  }

  /** What stands before the producer may refuse a request by itself, without JSON. */
  private static boolean isOurs(int status, byte[] body) {
    return body.length == 0
        || status == 400
        || status == 413
        || JsonValues.readObject(body).isPresent();
  }

  private static String message(int status, byte[] body) {
    String told = told(body);
    return told.isEmpty() ? "Sluice answered HTTP %d: %s".formatted(status, reason(body)) : told;
  }

  /** OpenAI's error object, else the JSON that there is. */
  private static String reason(byte[] body) {
    String told = told(body);
    if (!told.isEmpty()) {
      return told;
    }
    String shown = JsonValues.readObject(body).map(JsonValues::line).orElse("no reason given");
    return shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown;
  }

  private static String told(byte[] body) {
    return JsonValues.readObject(body)
        .map(reply -> reply.path("error").path("message").asString("").strip())
        .orElse("");
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case ConnectException refused -> lowerCase(refused.getMessage(), "connection refused");
      case UnknownHostException unknown -> "unknown host " + unknown.getMessage();
      case SocketTimeoutException late -> "no answer in time";
      default -> lowerCase(cause.getMessage(), cause.getClass().getSimpleName());
    };
  }

  private static String lowerCase(@Nullable String text, String otherwise) {
    return text == null || text.isBlank()
        ? otherwise
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
