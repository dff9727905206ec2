package dev.sluice.producer.live;

import dev.sluice.common.wire.MessagesApi;
import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.batch.cost.LiveSpending;
import dev.sluice.producer.web.ErrorWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** OpenAI's endpoints for chat completions, responses and embeddings, and Anthropic's. */
@RestController
class LiveController {
  private final LiveSpending spending;
  private final LiveCallFactory factory;
  private final LiveCallRunner runner;
  private final ErrorWriter errors;

  LiveController(
      LiveSpending spending, LiveCallFactory factory, LiveCallRunner runner, ErrorWriter errors) {
    this.spending = spending;
    this.factory = factory;
    this.runner = runner;
    this.errors = errors;
  }

  @PostMapping({
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/embeddings",
    MessagesApi.MESSAGES,
    MessagesApi.COUNT_TOKENS
  })
  void call(AuthenticatedCaller caller, HttpServletRequest in, HttpServletResponse out)
      throws IOException, InterruptedException {
    spending.check(caller);
    LiveRequest request = factory.read(in);
    spending.checkPrice(caller, request.route().name(), request.model());
    LiveCall call = factory.create(request, caller);
    // Never removed from the MDC: the virtual thread ends with the request.
    MDC.put("task", call.task().ids().taskId());
    MDC.put("route", call.route());
    runner.run(call, request, new LiveHttpResponse(in, out, errors));
  }
}
