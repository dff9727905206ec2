package dev.sluice.simulator.http;

import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.OpenAiError;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.provider.Endpoint;
import dev.sluice.simulator.provider.SimulatedReply;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Routes requests to the endpoints. */
final class Router extends Handler.Abstract {
  private static final String MODELS = "/v1/models";
  private static final String STATS = "/simulator/stats";
  private static final String LIMITS = "/simulator/limits";

  private final ModelCallHandler calls;
  private final AdminEndpoints admin;
  private final ResponseSender responseSender;

  Router(ModelCallHandler calls, AdminEndpoints admin, ResponseSender responseSender) {
    this.calls = calls;
    this.admin = admin;
    this.responseSender = responseSender;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws IOException {
    String path = Request.getPathInContext(request);
    Optional<Endpoint> endpoint = Endpoint.at(path);
    if (endpoint.isPresent() && request.getMethod().equals("POST")) {
      calls.handle(endpoint.get(), request, response, callback, responseSender);
    } else {
      ResponseSender.sendFull(response, callback, other(request, path));
    }
    return true;
  }

  private SimulatedReply other(Request request, String path) throws IOException {
    String method = request.getMethod();
    return switch (method + " " + path) {
      case "GET " + MODELS -> AdminEndpoints.json(200, ReplyWriter.models());
      case "GET " + STATS -> admin.stats();
      case "POST " + LIMITS ->
          admin.changeLimits(Content.Source.asInputStream(request).readAllBytes());
      default -> unknown(method, path);
    };
  }

  private static SimulatedReply unknown(String method, String path) {
    if (method.equals("GET") && path.startsWith(MODELS + "/")) {
      String name = path.substring(MODELS.length() + 1);
      return Model.named(name)
          .map(model -> AdminEndpoints.json(200, ReplyWriter.model(model)))
          .orElseGet(() -> error(OpenAiError.modelNotFound(name)));
    }
    boolean known =
        Endpoint.at(path).isPresent()
            || path.equals(MODELS)
            || path.equals(STATS)
            || path.equals(LIMITS);
    return error(
        known ? OpenAiError.methodNotAllowed(method, path) : OpenAiError.unknownUrl(method, path));
  }

  private static SimulatedReply error(OpenAiError error) {
    return AdminEndpoints.json(error.status(), ReplyWriter.error(error));
  }
}
