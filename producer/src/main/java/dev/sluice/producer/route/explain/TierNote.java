package dev.sluice.producer.route.explain;

import dev.sluice.api.route.RouteStatus;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.store.Batch;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Explains what the flex tier means for the tasks of a batch on a route. */
final class TierNote {
  private TierNote() {}

  /** A sentence after the reason, with a space before it; empty if there is nothing to explain. */
  static String of(Batch batch, @Nullable String route, Map<String, RouteStatus> routes) {
    RouteStatus status = route == null ? null : routes.get(route);
    RouteStatus.Tier tier = status == null ? null : status.tier();
    if (tier == null || !requestsFlex(batch, tier)) {
      return "";
    }
    String model = batch.model();
    if (model != null && tier.modelsWithoutFlex().contains(model)) {
      return " %s has no flex tier: its tasks are sent at the standard tier.".formatted(model);
    }
    if (model == null && !tier.modelsWithoutFlex().isEmpty()) {
      return " Models without a flex tier, whose tasks are sent at the standard tier: %s."
          .formatted(String.join(", ", tier.modelsWithoutFlex()));
    }
    return tier.recentRefusals() == 0
        ? ""
        : " Flex tier: the provider had no capacity for %d of the last %d calls; these tasks are sent again later."
            .formatted(tier.recentRefusals(), tier.recentCalls());
  }

  private static boolean requestsFlex(Batch batch, RouteStatus.Tier tier) {
    ServiceTier requested = batch.definition().tier();
    String name = requested == null ? tier.name() : requested.wireName();
    return name.equals(ServiceTier.FLEX.wireName());
  }
}
