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

/** Messages for failed calls of the producer. */
final class ErrorMessages {
  private static final int MAX_BODY_LENGTH = 300;

  private final Connection connection;

  ErrorMessages(Connection connection) {
    this.connection = connection;
  }

  UnreachableException unreachable(IOException cause) {
    if (cause instanceof SSLException) {
      return new UnreachableException(
          "The TLS connection to Sluice at %s failed (%s). Set its CA certificate with --cacert or SLUICE_CACERT, and use a host name that its certificate contains."
              .formatted(connection.url(), reason(cause)));
    }
    return new UnreachableException(
        "Sluice at %s is unreachable (%s). Start it with `%s dev`, or set SLUICE_URL."
            .formatted(connection.url(), reason(cause), connection.command()));
  }

  UnreachableException connectionLost(IOException cause, String hint) {
    return new UnreachableException(
        "The connection to Sluice at %s was lost (%s). %s"
            .formatted(connection.url(), reason(cause), hint));
  }

  /**
   * Message for a response whose status is not 2xx.
   *
   * @param type content type of the body
   */
  CommandException errorResponse(int status, @Nullable String type, byte[] body) {
    return switch (status) {
      case 401 -> keyRejected();
      case 403 ->
          errorMessage(body).isEmpty()
              ? keyRejected()
              : new CommandException(ExitCode.UNREACHABLE, errorMessage(body));
      case 502, 503, 504 ->
          new UnreachableException(
              "Sluice at %s is not ready (HTTP %d): %s"
                  .formatted(connection.url(), status, reason(body)));
      case 404 ->
          isFromProducer(status, body)
              ? new NotFoundException(message(status, body))
              : notSluice(status, type);
      default ->
          isFromProducer(status, body)
              ? new CommandException(
                  status < 500 ? ExitCode.INVALID_INPUT : ExitCode.UNEXPECTED_ERROR,
                  message(status, body))
              : notSluice(status, type);
    };
  }

  CommandException keyRejected() {
    String line =
        connection.apiKey().isPresent()
            ? "Sluice at %s rejected the API key. Check SLUICE_API_KEY or --api-key."
            : "Sluice at %s requires an API key. Set SLUICE_API_KEY or --api-key.";
    return new CommandException(ExitCode.UNREACHABLE, line.formatted(connection.url()));
  }

  /** Message for a response that is not JSON, and therefore not from the producer. */
  CommandException notSluice(int status, @Nullable String type) {
    String contentType = type == null ? "no content type" : type.replaceFirst(";.*", "").strip();
    return new CommandException(
        ExitCode.UNREACHABLE,
        "The server at %s is not Sluice (HTTP %d, %s). Check SLUICE_URL."
            .formatted(connection.url(), status, contentType));
  }

  /** A proxy in front of the producer may respond without JSON. */
  private static boolean isFromProducer(int status, byte[] body) {
    return body.length == 0
        || status == 400
        || status == 413
        || JsonValues.readObject(body).isPresent();
  }

  private static String message(int status, byte[] body) {
    String error = errorMessage(body);
    return error.isEmpty()
        ? "Sluice responded with HTTP %d: %s".formatted(status, reason(body))
        : error;
  }

  /** The message of OpenAI's error object, else the JSON body. */
  private static String reason(byte[] body) {
    String error = errorMessage(body);
    if (!error.isEmpty()) {
      return error;
    }
    String json = JsonValues.readObject(body).map(JsonValues::line).orElse("no reason given");
    return json.length() > MAX_BODY_LENGTH ? json.substring(0, MAX_BODY_LENGTH) + "…" : json;
  }

  private static String errorMessage(byte[] body) {
    return JsonValues.readObject(body)
        .map(reply -> reply.path("error").path("message").asString("").strip())
        .orElse("");
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case ConnectException refused -> lowerCase(refused.getMessage(), "connection refused");
      case UnknownHostException unknown -> "unknown host " + unknown.getMessage();
      case SocketTimeoutException timeout -> "timeout";
      default -> lowerCase(cause.getMessage(), cause.getClass().getSimpleName());
    };
  }

  private static String lowerCase(@Nullable String text, String defaultText) {
    return text == null || text.isBlank()
        ? defaultText
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
