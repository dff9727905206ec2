package dev.sluice.common.startup;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.route.InvalidRoutesException;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.web.server.PortInUseException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** The failures of a start that a user can mend, each as one sentence. */
final class StartupFailureMessages {
  private StartupFailureMessages() {}

  /** The sentence of the innermost failure that is known; empty where none is. */
  static Optional<String> sentence(Throwable failure) {
    Optional<String> found = Optional.empty();
    int depth = 0;
    for (Throwable t = failure; t != null && depth < 50; t = t.getCause(), depth++) {
      Optional<String> here = ofOne(t);
      found = here.isPresent() ? here : found;
    }
    return found;
  }

  private static Optional<String> ofOne(Throwable failure) {
    return switch (failure) {
      case StartupException mendable -> Optional.ofNullable(mendable.getMessage());
      case InvalidRoutesException routes -> Optional.ofNullable(routes.getMessage());
      case PortInUseException port ->
          Optional.of(
              "port "
                  + port.getPort()
                  + " is taken by another process. Set server.port to a free one, or stop that process.");
      case ShutdownSignalException closed -> ofBroker(closed);
      case NoSuchSslBundleException bundle ->
          Optional.of(
              "the TLS bundle %s is not defined. Define it below spring.ssl.bundle.pem or spring.ssl.bundle.jks."
                  .formatted(bundle.getBundleName()));
      case MarkedYAMLException yaml -> Optional.of(brokenYaml(yaml));
      case BindException settings ->
          Optional.of("the setting " + settings.getName() + " cannot be read: " + reason(settings));
      default -> Optional.empty();
    };
  }

  /**
   * A queue that cannot be declared, or may not be; the broker's words name it and what differs.
   */
  private static Optional<String> ofBroker(ShutdownSignalException closed) {
    if (!(closed.getReason() instanceof AMQP.Channel.Close refusal)) {
      return Optional.empty();
    }
    return switch (refusal.getReplyCode()) {
      case AMQP.PRECONDITION_FAILED ->
          Optional.of(
              "RabbitMQ has a queue or exchange of that name that is made otherwise (%s). Another version made it: docs/upgrading.md says how to move what is in it."
                  .formatted(refusal.getReplyText()));
      case AMQP.ACCESS_REFUSED ->
          Optional.of(
              "RabbitMQ does not let its user do what is needed (%s). Give the user rights to configure, write and read `^(sluice\\..*|amq\\.default)$`."
                  .formatted(refusal.getReplyText()));
      default -> Optional.empty();
    };
  }

  private static String brokenYaml(MarkedYAMLException yaml) {
    Mark mark = yaml.getProblemMark();
    String place =
        mark == null
            ? ""
            : ", line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1);
    return "a settings file is not YAML" + place + ": " + yaml.getProblem();
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
