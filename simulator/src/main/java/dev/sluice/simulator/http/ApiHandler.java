package dev.sluice.simulator.http;

import dev.sluice.simulator.openai.ApiError;
import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.provider.Endpoint;
import dev.sluice.simulator.provider.Reply;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Finds what a path means. */
final class ApiHandler extends Handler.Abstract {
  private static final String MODELS = "/v1/models";
  private static final String STATS = "/simulator/stats";
  private static final String LIMITS = "/simulator/limits";

  private final Calls calls;
  private final Admin admin;
  private final Connections connections;

  ApiHandler(Calls calls, Admin admin, Connections connections) {
    this.calls = calls;
    this.admin = admin;
    this.connections = connections;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws IOException {
    String path = Request.getPathInContext(request);
    Optional<Endpoint> endpoint = Endpoint.at(path);
    if (endpoint.isPresent() && request.getMethod().equals("POST")) {
      calls.handle(endpoint.get(), request, response, callback, connections);
    } else {
      Connections.answer(response, callback, other(request, path));
    }
    return true;
  }

  private Reply other(Request request, String path) throws IOException {
    String method = request.getMethod();
    return switch (method + " " + path) {
      case "GET " + MODELS -> Admin.json(200, ReplyWriter.models());
      case "GET " + STATS -> admin.stats();
      case "POST " + LIMITS ->
          admin.changeLimits(Content.Source.asInputStream(request).readAllBytes());
      default -> unknown(method, path);
    };
  }

  private static Reply unknown(String method, String path) {
    if (method.equals("GET") && path.startsWith(MODELS + "/")) {
      String name = path.substring(MODELS.length() + 1);
      return Model.named(name)
          .map(model -> Admin.json(200, ReplyWriter.model(model)))
          .orElseGet(() -> error(ApiError.noSuchModel(name)));
    }
    boolean known =
        Endpoint.at(path).isPresent()
            || path.equals(MODELS)
            || path.equals(STATS)
            || path.equals(LIMITS);
    return error(known ? ApiError.wrongMethod(method, path) : ApiError.unknownUrl(method, path));
  }

  private static Reply error(ApiError error) {
    return Admin.json(error.status(), ReplyWriter.error(error));
  }
}
