package dev.sluice.producer.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.access.Project;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliverySlotsTest {
  private static final Webhooks.Due OTHER = due("wh_other", "team-b");

  private final DeliverySlots slots = new DeliverySlots();

  @Test
  void oneWebhookLeavesSlotsForTheOthersOfItsProject() {
    Webhooks.Due hanging = due("wh_1", "team-a");
    assertThat(slots.tryAcquire(hanging)).isTrue();
    assertThat(slots.tryAcquire(hanging)).isTrue();
    assertThat(slots.tryAcquire(hanging)).isFalse();
    assertThat(slots.tryAcquire(due("wh_2", "team-a"))).isTrue();
    slots.release(hanging);
    assertThat(slots.tryAcquire(hanging)).isTrue();
  }

  @Test
  void manyWebhooksOfAProjectLeaveSlotsForOtherProjects() {
    for (int i = 0; i < DeliverySlots.MAX_IN_FLIGHT; i++) {
      slots.tryAcquire(due("wh_" + i, "team-a"));
    }
    assertThat(slots.tryAcquire(due("wh_last", "team-a"))).isFalse();
    assertThat(slots.tryAcquire(OTHER)).isTrue();
  }

  @Test
  void projectsAlternate() {
    List<Webhooks.Due> due = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      due.add(due("wh_" + i, "team-a"));
    }
    due.add(OTHER);

    assertThat(slots.roundRobin(due).indexOf(OTHER)).isEqualTo(1);
    slots.tryAcquire(due.getFirst());
    assertThat(slots.roundRobin(due).getFirst()).isEqualTo(OTHER);
  }

  private static Webhooks.Due due(String webhook, String project) {
    return new Webhooks.Due(webhook, new Project(project));
  }
}
