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
 * Lets a waiting request detect that its client has disconnected. The servlet API reports a
 * disconnect only when it writes. A client that waits for its response sends nothing, so readable
 * input means the end of the connection.
 */
final class ClientDisconnectValve extends ValveBase {
  private static final String DISCONNECT_CHECK = ClientDisconnectValve.class.getName();

  ClientDisconnectValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    BooleanSupplier disconnectCheck =
        () -> {
          connection.action(ActionCode.AVAILABLE, true);
          return connection.getAvailable() > 0;
        };
    request.setAttribute(DISCONNECT_CHECK, disconnectCheck);
    getNext().invoke(request, response);
  }

  /** Call it only from the thread of the request, after its body was read. */
  static boolean isDisconnected(HttpServletRequest request) {
    return request.getAttribute(DISCONNECT_CHECK) instanceof BooleanSupplier check
        && check.getAsBoolean();
  }
}
