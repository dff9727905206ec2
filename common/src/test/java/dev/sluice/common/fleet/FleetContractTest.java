package dev.sluice.common.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.HoldMessage.AnnouncedLimit;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import dev.sluice.common.fleet.RouteReport.MemberReport;
import dev.sluice.common.fleet.RouteReport.TierReport;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;

/** Checks the JSON that workers and producers of other versions read. */
class FleetContractTest {
  private static final WorkerReport REPORT =
      new WorkerReport(
          "worker-a",
          3000,
          false,
          List.of(
              new RouteReport(
                  "mini",
                  16,
                  15,
                  1,
                  "hold",
                  new HoldReport(
                      "rate_limit", "Slow down.", 6500, false, List.of("batch_1 m"), true, true),
                  List.of(new LimitReport("requests", 500, "advertised", 495, 12L)),
                  "partitioned",
                  0.5,
                  new CallsReport(1000, 3, 812.5, 330, 250, 80),
                  new TierReport(80, 32, List.of("gpt-4o"), List.of("batch_1")),
                  List.of(
                      new MemberReport(
                          "eu",
                          "main",
                          2,
                          new HoldReport("quota", "Used up.", 6500, false),
                          List.of(new LimitReport("requests", 250, "advertised", 240, null)),
                          new CallsReport(7, 0, 12, 3))))));

  @Test
  void reportHasContractJson() {
    Message message = FleetCodec.write(REPORT);

    assertThat(new String(message.getBody(), UTF_8))
        .isEqualTo(
            """
            {"worker":"worker-a","validForMillis":3000,"stopping":false,"routes":[\
            {"route":"mini","concurrency":16,"running":15,"waiting":1,"waitsFor":"hold",\
            "hold":{"kind":"rate_limit","reason":"Slow down.","remainingMillis":6500,"probing":false,"sources":["batch_1 m"],"endsByProbe":true,"partial":true},\
            "limits":[{"limit":"requests","perMinute":500,"source":"advertised","targetPerMinute":495,"remaining":12}],\
            "limitStorage":"partitioned","limitFraction":0.5,\
            "calls":{"ended":1000,"throttled":3,"millis":812.5,"tokens":330.0,"inputTokens":250.0,"outputTokens":80.0},\
            "tier":{"recentCalls":80,"recentRefusals":32,"modelsWithoutFlex":["gpt-4o"],"refusedBatches":["batch_1"]},\
            "members":[{"member":"eu","account":"main","running":2,\
            "hold":{"kind":"quota","reason":"Used up.","remainingMillis":6500,"probing":false,"sources":[],"endsByProbe":false,"partial":false},\
            "limits":[{"limit":"requests","perMinute":250,"source":"advertised","targetPerMinute":240,"remaining":null}],\
            "calls":{"ended":7,"throttled":0,"millis":12.0,"tokens":3.0,"inputTokens":0.0,"outputTokens":0.0}}]}]}\
            """);
    assertThat(message.getMessageProperties().getDeliveryMode())
        .isEqualTo(MessageDeliveryMode.NON_PERSISTENT);
    assertThat(FleetCodec.report(message)).contains(REPORT);
  }

  @Test
  void holdHasContractJson() {
    HoldMessage hold =
        new HoldMessage(
            "worker-a",
            "mini",
            "rate_limit",
            "Slow down.",
            7000,
            List.of(new AnnouncedLimit("requests", 250, 212.5)));

    Message message = FleetCodec.write(hold);

    assertThat(new String(message.getBody(), UTF_8))
        .isEqualTo(
            """
            {"worker":"worker-a","route":"mini","kind":"rate_limit","reason":"Slow down.","millis":7000,\
            "limits":[{"limit":"requests","perMinute":250.0,"targetPerMinute":212.5}],"sources":[],"projects":[],"partial":false}\
            """);
    assertThat(FleetCodec.hold(message)).contains(hold);
  }

  @Test
  void routeOverridesHaveContractJson() {
    RouteOverridesMessage overrides =
        new RouteOverridesMessage(
            List.of(
                new RouteOverridesMessage.RouteOverride(
                    "mini",
                    "Maintenance.",
                    List.of(new RouteOverridesMessage.LimitOverride("requests", 60)))));

    Message message = FleetCodec.write(overrides);

    assertThat(new String(message.getBody(), UTF_8))
        .isEqualTo(
            """
            {"routes":[{"route":"mini","hold":"Maintenance.","limits":[{"limit":"requests","perMinute":60}]}]}\
            """);
    assertThat(FleetCodec.routeOverrides(message)).contains(overrides);
  }

  @Test
  void taskSearchesHaveContractJson() {
    TaskSearchMessage search = new TaskSearchMessage("s-1", 1, List.of("task-1", "task-2"));
    TaskSearchResultMessage result =
        new TaskSearchResultMessage("worker-a", "s-1", 2, List.of("task-1"));

    Message question = FleetCodec.write(search);
    Message answer = FleetCodec.write(result);

    assertThat(new String(question.getBody(), UTF_8))
        .isEqualTo("{\"search\":\"s-1\",\"round\":1,\"tasks\":[\"task-1\",\"task-2\"]}");
    assertThat(new String(answer.getBody(), UTF_8))
        .isEqualTo(
            "{\"worker\":\"worker-a\",\"search\":\"s-1\",\"round\":2,\"found\":[\"task-1\"]}");
    assertThat(FleetCodec.taskSearch(question)).contains(search);
    assertThat(FleetCodec.taskSearchResult(answer)).contains(result);
  }

  @Test
  void unknownMembersAreIgnoredAndMissingNumbersAreZero() {
    assertThat(
            report(
                """
                {"worker":"w","validForMillis":3000,"mood":"fine","routes":[{"route":"mini","running":2,
                 "limits":[],"limitStorage":"worker","calls":{"ended":7,"throttled":0,"millis":12,"tokens":3}}]}\
                """))
        .isEqualTo(
            new WorkerReport(
                "w",
                3000,
                false,
                List.of(
                    new RouteReport(
                        "mini",
                        0,
                        2,
                        0,
                        null,
                        null,
                        List.of(),
                        "worker",
                        0,
                        new CallsReport(7, 0, 12, 3)))));
  }

  @Test
  void holdOfSourcesAndTaskCancellationHaveContractJson() {
    HoldMessage hold =
        new HoldMessage(
            "worker-a",
            "mini",
            "breaker",
            "HTTP 500",
            1000,
            List.of(),
            List.of("batch_1 m"),
            List.of("team-a"),
            true);
    TaskCancellationMessage cancellation =
        new TaskCancellationMessage(
            3_600_000, List.of(new TaskCancellationMessage.CancelledRun("task-1", 2)));

    assertThat(new String(FleetCodec.write(hold).getBody(), UTF_8))
        .isEqualTo(
            """
            {"worker":"worker-a","route":"mini","kind":"breaker","reason":"HTTP 500","millis":1000,\
            "limits":[],"sources":["batch_1 m"],"projects":["team-a"],"partial":true}\
            """);
    assertThat(FleetCodec.hold(FleetCodec.write(hold))).contains(hold);
    assertThat(new String(FleetCodec.write(cancellation).getBody(), UTF_8))
        .isEqualTo("{\"validForMillis\":3600000,\"tasks\":[{\"task\":\"task-1\",\"run\":2}]}");
    assertThat(FleetCodec.taskCancellation(FleetCodec.write(cancellation))).contains(cancellation);
  }

  @Test
  void reportsOfEarlierVersionsAreRead() {
    assertThat(
            report(
                """
                {"worker":"worker-a","validForMillis":3000,"stopping":false,"routes":[
                 {"route":"mini","concurrency":16,"running":15,"waiting":1,"waitsFor":"tokens",
                  "hold":{"kind":"model_gone","reason":"Gone.","leftMillis":6500,"probing":false},
                  "limits":[{"what":"requests","perMinute":500,"source":"told","pacePerMinute":495,"left":12}],
                  "keptIn":"divided","share":0.5,
                  "calls":{"ended":1,"throttled":0,"millis":1,"tokens":1}}]}\
                """))
        .isEqualTo(
            new WorkerReport(
                "worker-a",
                3000,
                false,
                List.of(
                    new RouteReport(
                        "mini",
                        16,
                        15,
                        1,
                        "tokens_per_minute",
                        new HoldReport("model_not_found", "Gone.", 6500, false),
                        List.of(new LimitReport("requests", 500, "advertised", 495, 12L)),
                        "partitioned",
                        0.5,
                        new CallsReport(1, 0, 1, 1)))));
  }

  @Test
  void holdsAndOverridesOfEarlierVersionsAreRead() {
    String hold =
        """
        {"worker":"worker-a","route":"mini","kind":"by_hand","reason":"Stop.","millis":7000,
         "limits":[{"what":"requests","perMinute":250.0,"pacePerMinute":212.5}]}\
        """;
    String overrides =
        """
        {"routes":[{"route":"mini","hold":null,"limits":[{"what":"requests","perMinute":60}]}]}\
        """;

    assertThat(FleetCodec.hold(new Message(hold.getBytes(UTF_8))))
        .contains(
            new HoldMessage(
                "worker-a",
                "mini",
                "manual",
                "Stop.",
                7000,
                List.of(new AnnouncedLimit("requests", 250, 212.5))));
    assertThat(FleetCodec.routeOverrides(new Message(overrides.getBytes(UTF_8))))
        .contains(
            new RouteOverridesMessage(
                List.of(
                    new RouteOverridesMessage.RouteOverride(
                        "mini",
                        null,
                        List.of(new RouteOverridesMessage.LimitOverride("requests", 60))))));
  }

  @Test
  void routingKeysOfEarlierVersionsNameTheirTopics() {
    assertThat(Stream.of("halt", "control", "live", "hold", "suspension").map(FleetTopics::topic))
        .containsExactly(
            FleetTopics.SUSPENSION,
            FleetTopics.ROUTE_OVERRIDES,
            FleetTopics.LIVE_PRIORITY,
            FleetTopics.HOLD,
            FleetTopics.SUSPENSION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "no JSON",
        "{}",
        "{\"worker\":\"w\",\"validForMillis\":1,\"routes\":[null]}",
        "{\"worker\":null,\"validForMillis\":1,\"routes\":[]}",
        "{\"worker\":\"w\",\"validForMillis\":\"soon\",\"routes\":[]}",
        "{\"worker\":\"w\",\"validForMillis\":1,\"routes\":[{\"route\":\"mini\"}]}"
      })
  void malformedMessagesAreIgnored(String body) {
    assertThat(FleetCodec.report(new Message(body.getBytes(UTF_8)))).isEmpty();
    assertThat(FleetCodec.hold(new Message(body.getBytes(UTF_8)))).isEmpty();
  }

  private static WorkerReport report(String body) {
    return FleetCodec.report(new Message(body.getBytes(UTF_8))).orElseThrow();
  }
}
