package dev.sluice.producer.error;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;

/**
 * What Tomcat refuses before anybody else sees it: a URL that is none, headers too large, TRACE.
 */
final class ServerErrors extends ErrorReportValve {
  private static final Logger LOG = LoggerFactory.getLogger(ServerErrors.class);

  private final ErrorWriter errors;

  ServerErrors(ErrorWriter errors) {
    this.errors = errors;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    AtomicBoolean writable = new AtomicBoolean();
    response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, writable);
    if (!writable.get()) {
      return;
    }
    try {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      response
          .getReporter()
          .write(new String(errors.bytes(errors.ofStatus(status)), StandardCharsets.UTF_8));
      response.finishResponse();
    } catch (IOException gone) {
      LOG.debug("A client did not read its error: {}", gone.getMessage());
    }
  }
}
