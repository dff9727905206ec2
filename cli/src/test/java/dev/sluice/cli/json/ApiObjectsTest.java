package dev.sluice.cli.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ListResponse;
import dev.sluice.api.batch.BatchCost;
import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.BatchView;
import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.api.route.RouteOverrideView;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.task.TaskView;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ApiObjectsTest {
  @Test
  void membersHaveSnakeCaseNamesAndUnknownOnesAreIgnored() {
    BatchProgress batch =
        ApiObjects.read(
            json("{\"id\":\"batch_1\",\"in_broker\":7,\"of_a_newer_version\":{\"x\":[1]}}"),
            BatchProgress.class);

    assertThat(batch.id()).isEqualTo("batch_1");
    assertThat(batch.inBroker()).isEqualTo(7);
  }

  @Test
  void missingMembersAreNullOrEmpty() {
    TaskView task = ApiObjects.read(json("{\"batch_id\":null}"), TaskView.class);

    assertThat(task.batchId()).isEmpty();
    assertThat(task.run()).isZero();
    assertThat(task.requestId()).isNull();
    assertThat(task.history()).isEmpty();
    assertThat(task.task().customId()).isEmpty();
    assertThat(task.task().finishedAt()).isNull();
    assertThat(task.reply()).isNull();
    assertThat(ApiObjects.read(json("{}"), BatchView.class).usage().inputTokensDetails())
        .isEqualTo(new BatchView.InputDetails(0));
  }

  @Test
  void unwrappedMembersAreReadFromTheSameObject() {
    DeadLetterView.Detail detail =
        ApiObjects.read(
            json("{\"id\":\"L1\",\"run\":2,\"failure_detail\":\"no\",\"audit\":[{\"at\":3}]}"),
            DeadLetterView.Detail.class);

    assertThat(detail.deadLetter().id()).isEqualTo("L1");
    assertThat(detail.deadLetter().run()).isEqualTo(2);
    assertThat(detail.failureDetail()).isEqualTo("no");
    assertThat(detail.audit().getFirst().at()).isEqualTo(3);
  }

  @Test
  void elementsOfAListAreRead() {
    ListResponse<RouteStatus> page =
        ApiObjects.readList(
            json("{\"data\":[{\"hold\":{\"kind\":\"quota\",\"partial\":true}}],\"has_more\":true}"),
            RouteStatus.class);

    assertThat(page.hasMore()).isTrue();
    assertThat(page.data().getFirst().held()).isFalse();
    assertThat(page.data().getFirst().hold())
        .satisfies(hold -> assertThat(hold.sources()).isEmpty());
  }

  @Test
  void membersOfAllTypesAreRead() {
    BatchCost cost =
        ApiObjects.read(json("{\"spent\":0.10,\"as_of\":\"2026-01-31\"}"), BatchCost.class);
    RouteOverrideView override =
        ApiObjects.read(
            json("{\"hold\":{\"since\":\"2026-01-31T12:00:00Z\"},\"limits\":{\"requests\":5}}"),
            RouteOverrideView.class);

    assertThat(cost.spent()).isEqualTo(new BigDecimal("0.10"));
    assertThat(cost.asOf()).isEqualTo("2026-01-31");
    assertThat(override.hold())
        .isEqualTo(
            new RouteOverrideView.Hold(
                "", Instant.parse("2026-01-31T12:00:00Z"), /* until= */ null));
    assertThat(override.limits()).isEqualTo(Map.of("requests", 5L));
  }

  private static JsonNode json(String text) {
    return JsonValues.read(text.getBytes(UTF_8));
  }
}
