package dev.sluice.cli.client;

import static dev.sluice.cli.client.HttpTransport.encoded;

import dev.sluice.api.route.RouteList;
import dev.sluice.api.route.RouteOverrideView;
import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RoutePlans;
import dev.sluice.cli.json.ApiObjects;
import org.jspecify.annotations.Nullable;

/** Client for the producer's endpoints of routes, their holds and capacity plans. */
public final class RoutesApi {
  private static final String PATH = "/api/routes";
  private static final String OUTCOME_UNKNOWN =
      "The request may have been processed: check with `routes`.";

  private final HttpTransport transport;

  RoutesApi(HttpTransport transport) {
    this.transport = transport;
  }

  /** State, limits and wait reasons of all routes. */
  public ApiResponse<RouteList> list() throws InterruptedException {
    return transport.get(PATH, RouteList.class);
  }

  /** Capacity plans of all routes. */
  public ApiResponse<RoutePlans> plans() throws InterruptedException {
    return transport.get("/api/plan", RoutePlans.class);
  }

  /** Capacity plan of one route for a backlog of this many tasks. */
  public ApiResponse<RoutePlan> plan(String route, long backlog) throws InterruptedException {
    return transport.get("/api/plan/" + encoded(route) + "?backlog=" + backlog, RoutePlan.class);
  }

  /**
   * Holds a route.
   *
   * @param minutes null to hold it until it is released
   */
  public ApiResponse<RouteOverrideView> hold(String route, String reason, @Nullable Long minutes) {
    return transport.post(
        PATH + "/" + encoded(route) + "/hold",
        ApiObjects.write(new RouteOverrideView.HoldRequest(reason, minutes)),
        RouteOverrideView.class,
        OUTCOME_UNKNOWN);
  }

  /** Ends every hold of a route. */
  public ApiResponse<RouteOverrideView> release(String route) {
    return transport.post(
        PATH + "/" + encoded(route) + "/release", RouteOverrideView.class, OUTCOME_UNKNOWN);
  }
}
