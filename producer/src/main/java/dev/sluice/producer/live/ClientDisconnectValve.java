package dev.sluice.producer.live;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a request find out whether its client has hung up while it waits, which the servlet's own
 * interface does not tell before something is written. A client that waits for its answer sends
 * nothing: what can be read then is the end of the connection.
 */
final class ClientDisconnectValve extends ValveBase {
  private static final String PROBE = ClientDisconnectValve.class.getName();

  ClientDisconnectValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    BooleanSupplier probe =
        () -> {
          connection.action(ActionCode.AVAILABLE, true);
          return connection.getAvailable() > 0;
        };
    request.setAttribute(PROBE, probe);
    getNext().invoke(request, response);
  }

  /** To be asked by the thread of the request, when its body was read. */
  static boolean happened(HttpServletRequest request) {
    return request.getAttribute(PROBE) instanceof BooleanSupplier probe && probe.getAsBoolean();
  }
}
