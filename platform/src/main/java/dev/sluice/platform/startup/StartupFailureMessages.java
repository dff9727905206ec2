package dev.sluice.platform.startup;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.platform.route.InvalidRoutesException;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.web.server.PortInUseException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** One-line messages for startup failures that the operator can fix. */
final class StartupFailureMessages {
  private StartupFailureMessages() {}

  /** The message for the innermost known failure; empty if no failure in the chain is known. */
  static Optional<String> message(Throwable failure) {
    Optional<String> innermost = Optional.empty();
    int depth = 0;
    for (Throwable t = failure; t != null && depth < 50; t = t.getCause(), depth++) {
      Optional<String> message = messageOf(t);
      innermost = message.isPresent() ? message : innermost;
    }
    return innermost;
  }

  private static Optional<String> messageOf(Throwable failure) {
    return switch (failure) {
      case StartupException startup -> Optional.ofNullable(startup.getMessage());
      case InvalidRoutesException routes -> Optional.ofNullable(routes.getMessage());
      case PortInUseException port ->
          Optional.of(
              "port "
                  + port.getPort()
                  + " is in use by another process. Set server.port to a free port, or stop that process.");
      case ShutdownSignalException closed -> declarationFailure(closed);
      case NoSuchSslBundleException bundle ->
          Optional.of(
              "the TLS bundle %s is not defined. Define it below spring.ssl.bundle.pem or spring.ssl.bundle.jks."
                  .formatted(bundle.getBundleName()));
      case MarkedYAMLException yaml -> Optional.of(invalidYaml(yaml));
      case BindException settings ->
          Optional.of("the setting " + settings.getName() + " is invalid: " + reason(settings));
      default -> Optional.empty();
    };
  }

  /** RabbitMQ's reply text names the queue and the argument that differs. */
  private static Optional<String> declarationFailure(ShutdownSignalException closed) {
    if (!(closed.getReason() instanceof AMQP.Channel.Close close)) {
      return Optional.empty();
    }
    return switch (close.getReplyCode()) {
      case AMQP.PRECONDITION_FAILED ->
          Optional.of(
              "RabbitMQ has a queue or exchange of that name with other arguments (%s). Another version declared it: docs/upgrading.md describes how to move its messages."
                  .formatted(close.getReplyText()));
      case AMQP.ACCESS_REFUSED ->
          Optional.of(
              "the RabbitMQ user lacks permissions (%s). Grant configure, write and read on `^(sluice\\..*|amq\\.default)$`."
                  .formatted(close.getReplyText()));
      default -> Optional.empty();
    };
  }

  private static String invalidYaml(MarkedYAMLException yaml) {
    Mark mark = yaml.getProblemMark();
    String location =
        mark == null
            ? ""
            : ", line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1);
    return "a settings file is not valid YAML" + location + ": " + yaml.getProblem();
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
