package dev.sluice.worker.consume;

import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.RouteMember;
import dev.sluice.platform.route.RouteSettings;
import java.util.List;
import org.springframework.boot.ssl.SslBundles;

/**
 * One member of a route, with the connection to its provider.
 *
 * @param settings of a route that has only this member
 */
record MemberConnection(RouteMember member, RouteSettings settings, ProviderConnection provider) {

  /** Connects all members of a route. */
  static List<MemberConnection> of(RouteSettings route, SslBundles bundles) {
    return route.allMembers().stream()
        .map(
            member -> {
              RouteSettings settings = route.of(member);
              return new MemberConnection(
                  member, settings, ProviderConnection.to(settings.provider(), bundles));
            })
        .toList();
  }
}
