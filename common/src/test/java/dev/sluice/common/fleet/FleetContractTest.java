package dev.sluice.common.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.HoldMessage.AnnouncedLimit;
import dev.sluice.common.fleet.RouteReport.CallsReport;
import dev.sluice.common.fleet.RouteReport.HoldReport;
import dev.sluice.common.fleet.RouteReport.LimitReport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;

/** The names that workers and producers of other versions know. */
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
                  new HoldReport("rate_limit", "Slow down.", 6500, false),
                  List.of(new LimitReport("requests", 500, "told", 495, 12L)),
                  "divided",
                  0.5,
                  new CallsReport(1000, 3, 812.5, 330, 250, 80))));

  @Test
  void aReportIsWrittenAsTheContractSays() {
    Message message = FleetCodec.write(REPORT);

    assertThat(new String(message.getBody(), UTF_8))
        .isEqualTo(
            """
            {"worker":"worker-a","validForMillis":3000,"stopping":false,"routes":[\
            {"route":"mini","concurrency":16,"running":15,"waiting":1,"waitsFor":"hold",\
            "hold":{"kind":"rate_limit","reason":"Slow down.","leftMillis":6500,"probing":false},\
            "limits":[{"what":"requests","perMinute":500,"source":"told","pacePerMinute":495,"left":12}],\
            "keptIn":"divided","share":0.5,\
            "calls":{"ended":1000,"throttled":3,"millis":812.5,"tokens":330.0,"inputTokens":250.0,"outputTokens":80.0}}]}""");
    assertThat(message.getMessageProperties().getDeliveryMode())
        .isEqualTo(MessageDeliveryMode.NON_PERSISTENT);
    assertThat(FleetCodec.report(message)).contains(REPORT);
  }

  @Test
  void aHoldIsWrittenAsTheContractSays() {
    HoldMessage notice =
        new HoldMessage(
            "worker-a",
            "mini",
            "rate_limit",
            "Slow down.",
            7000,
            List.of(new AnnouncedLimit("requests", 250, 212.5)));

    Message message = FleetCodec.write(notice);

    assertThat(new String(message.getBody(), UTF_8))
        .isEqualTo(
            """
            {"worker":"worker-a","route":"mini","kind":"rate_limit","reason":"Slow down.","millis":7000,\
            "limits":[{"what":"requests","perMinute":250.0,"pacePerMinute":212.5}]}""");
    assertThat(FleetCodec.hold(message)).contains(notice);
  }

  @Test
  void whatPeopleWantIsWrittenAsTheContractSays() {
    RouteOverridesMessage notice =
        new RouteOverridesMessage(
            List.of(
                new RouteOverridesMessage.RouteOverride(
                    "mini",
                    "Maintenance.",
                    List.of(new RouteOverridesMessage.LimitOverride("requests", 60)))));

    Message message = FleetCodec.write(notice);

    assertThat(new String(message.getBody(), UTF_8))
        .isEqualTo(
            """
            {"routes":[{"route":"mini","hold":"Maintenance.","limits":[{"what":"requests","perMinute":60}]}]}""");
    assertThat(FleetCodec.control(message)).contains(notice);
  }

  @Test
  void whatANewerOneAddsIsPassedOverAndWhatAnOlderOneLeavesOutIsNothing() {
    assertThat(
            report(
                """
                {"worker":"w","validForMillis":3000,"mood":"fine","routes":[{"route":"mini","running":2,
                 "limits":[],"keptIn":"worker","calls":{"ended":7,"throttled":0,"millis":12,"tokens":3}}]}"""))
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
  void whatIsNoReportIsPassedOver(String body) {
    assertThat(FleetCodec.report(new Message(body.getBytes(UTF_8)))).isEmpty();
    assertThat(FleetCodec.hold(new Message(body.getBytes(UTF_8)))).isEmpty();
  }

  private static WorkerReport report(String body) {
    return FleetCodec.report(new Message(body.getBytes(UTF_8))).orElseThrow();
  }
}
