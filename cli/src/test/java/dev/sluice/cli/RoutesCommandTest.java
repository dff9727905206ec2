package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoutesCommandTest {
  private FakeProducer producer;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  @Test
  void routesAreTablesAndHoldsHaveReasons() {
    assertThat(CommandRun.onTerminal(producer, 80, "routes"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                ROUTE        WORKERS  RUNNING  WAITING  WAITS FOR
                openai-mini        2       16        3  requests per minute
                claude             1        0        4  hold: quota, next probe in 20 s

                ROUTE        LIMIT       PER MINUTE  SOURCE      TARGET/MIN  REMAINING
                openai-mini  requests           500  configured         495         12
                             tokens         200,000  advertised     198,000          –
                claude       none known           –  –                    –          –

                claude is held: Your credit balance is too low to access the API. Please go to
                Plans & Billing to upgrade or purchase credits.
                """,
                ""));
  }

  @Test
  void linesAreNotWrappedInPipe() {
    assertThat(CommandRun.of(producer, "routes").out())
        .endsWith("Please go to Plans & Billing to upgrade or purchase credits.\n");
  }

  @Test
  void oneRouteIsShownInDetail() {
    assertThat(CommandRun.onTerminal(producer, 80, "routes", "openai-mini").out())
        .isEqualTo(
            """
            Route       openai-mini
            Provider    api.openai.com
            Models      gpt-4o-mini, gpt-4o
            Workers     2, up to 8 calls each
            Calls       16 running · 3 waiting · 10,120 finished · 1 response with 429
            Latency     3.0 s · 330 tokens
            Backlog     9,120 queued · 1,000 in the broker
            Waits for   requests per minute
            Limits      shared by all workers in Redis

            LIMIT     PER MINUTE  SOURCE      TARGET/MIN  REMAINING
            requests         500  configured         495         12
            tokens       200,000  advertised     198,000          –

            WORKER  RUNNING  WAITING  FINISHED  429S  LATENCY  WAITS FOR
            host-1        8        3    10,000     1  3.0 s    requests per minute
            host-2        8        0       120     0  –        shutting down
            """);
    assertThat(CommandRun.onTerminal(producer, 60, "routes", "claude").out())
        .contains("Workers     1, up to 4 calls each, at most 20 together\n")
        .contains("Latency     unknown: no call yet\n")
        .contains(
            """
            Waits for   hold: quota, next probe in 20 s
            Reason      Your credit balance is too low to access the
                        API. Please go to Plans & Billing to upgrade or
                        purchase credits.
            """);
  }

  @Test
  void targetRateOfAHeldRouteIsZero() {
    producer.reply(
        "GET /api/routes",
        """
        {"routes":[{"name":"mini","hold":{"kind":"manual","reason":"maintenance","partial":false},
         "limits":[{"limit":"requests","per_minute":500,"source":"configured","target_per_minute":495,"remaining":12}]}]}
        """);

    assertThat(CommandRun.of(producer, "routes", "mini").out())
        .contains(
            """
            LIMIT     PER MINUTE  SOURCE      TARGET/MIN  REMAINING
            requests         500  configured           0         12
            """);
  }

  @Test
  void routeIsHeldAndReleased() {
    producer.reply(
        "POST /api/routes/openai-mini/hold",
        "{\"route\":\"openai-mini\",\"hold\":{\"reason\":\"maintenance\",\"since\":\"2026-11-01T12:00:00Z\",\"until\":null},\"limits\":{}}");
    producer.reply(
        "POST /api/routes/openai-mini/release",
        "{\"route\":\"openai-mini\",\"hold\":null,\"limits\":{}}");

    assertThat(CommandRun.of(producer, "routes", "hold", "openai-mini", "--reason", "maintenance"))
        .isEqualTo(
            new CommandRun(
                0,
                "",
                "Route openai-mini is held. Release it: sluice routes release openai-mini\n"));
    assertThat(producer.sent("POST /api/routes/openai-mini/hold"))
        .isEqualTo("{\"reason\":\"maintenance\",\"minutes\":null}");
    assertThat(CommandRun.of(producer, "routes", "release", "openai-mini"))
        .isEqualTo(new CommandRun(0, "", "Route openai-mini is released.\n"));
    assertThat(CommandRun.of(producer, "routes", "release", "openai-mini", "--json").out())
        .isEqualTo("{\"route\":\"openai-mini\",\"hold\":null,\"limits\":{}}\n");
  }

  @Test
  void holdOfLimitedDurationShowsItsEnd() {
    producer.reply(
        "POST /api/routes/mini/hold",
        "{\"route\":\"mini\",\"hold\":{\"reason\":\"r\",\"since\":\"2026-11-01T12:00:00Z\",\"until\":\"2026-11-01T12:10:00Z\"}}");

    assertThat(
            CommandRun.of(producer, "routes", "hold", "mini", "--reason", "r", "--minutes", "10")
                .err())
        .isEqualTo("Route mini is held until 2026-11-01T12:10:00Z.\n");
    assertThat(producer.sent("POST /api/routes/mini/hold"))
        .isEqualTo("{\"reason\":\"r\",\"minutes\":10}");
    CommandRun withoutReason = CommandRun.of(producer, "routes", "hold", "mini");
    assertThat(withoutReason.exitCode()).isEqualTo(2);
    assertThat(withoutReason.err()).contains("--reason");
  }

  @Test
  void limitFractionsAreShownForPartitionedLimits() {
    producer.reply(
        "GET /api/routes",
        """
        {"routes":[{"name":"mini","limit_storage":"partitioned","per_worker":[
         {"name":"host-1","running":0,"waiting":1,"limit_fraction":0.3333,"calls_finished":7,"throttled":0,"avg_latency_ms":640,
          "waits_for":"hold: rate limit until 2026-11-01T12:00:07Z"},
         {"name":"host-2","running":0,"waiting":1,"limit_fraction":0.6667,"calls_finished":0,"throttled":0,"avg_latency_ms":null,
          "waits_for":"circuit breaker open, next probe in 8 s"}]}]}
        """);

    assertThat(CommandRun.of(producer, "routes", "mini").out())
        .contains("Limits      partitioned across the workers\n")
        .endsWith(
            """
            WORKER  RUNNING  WAITING  FINISHED  429S  LATENCY  OF LIMIT  WAITS FOR
            host-1        0        1         7     0  640 ms   33 %      hold: rate limit
            host-2        0        1         0     0  –        67 %      circuit breaker open
            """);
  }

  @Test
  void membersAreShownWithTheirLimitsAndHolds() {
    producer.reply(
        "GET /api/routes",
        """
        {"routes":[{"name":"mini","limit_storage":"worker","per_worker":[],"members":[
         {"name":"eu","account":"eu","provider":"eu.example.com","order":1,"running":3,"hold":null,
          "limits":[{"limit":"requests","per_minute":600,"source":"advertised","target_per_minute":594,"remaining":5}],
          "calls_finished":1200,"throttled":0,"avg_latency_ms":300},
         {"name":"us","account":"main","provider":"us.example.com","order":2,"running":0,
          "hold":{"kind":"quota","reason":"The quota is used up.","since":null,"until":null,"probing":false,"partial":false,"ends_by_probe":true},
          "limits":[],"calls_finished":0,"throttled":1,"avg_latency_ms":null}]}]}
        """);

    assertThat(CommandRun.of(producer, "routes", "mini").out().replaceAll(" {2,}", "  "))
        .contains(
            """
            MEMBER  ACCOUNT  ORDER  PROVIDER  RUNNING  FINISHED  429S  PER MINUTE  HOLD
            """)
        .contains("eu.example.com", "600 requests", "quota: The quota is used up.");
  }

  @Test
  void clockThatDisagreesWithTheProducersIsNamed() {
    producer.reply(
        "GET /api/routes",
        """
        {"routes":[{"name":"mini","limit_storage":"worker","per_worker":[
         {"name":"host-1","limit_fraction":1.0,"clock_offset_seconds":null},
         {"name":"host-2","limit_fraction":1.0,"clock_offset_seconds":90000},
         {"name":"host-3","limit_fraction":1.0,"clock_offset_seconds":-120}]}]}
        """);

    assertThat(CommandRun.of(producer, "routes", "mini").out())
        .endsWith(
            """

            The clock of host-2 is 25 h 00 min ahead of the producer's. Deadlines follow the producer's clock. Synchronize both, for example with NTP.

            The clock of host-3 is 2 min 00 s behind the producer's. Deadlines follow the producer's clock. Synchronize both, for example with NTP.
            """);
  }

  @Test
  void backlogIsUnknownWithoutDatabase() {
    producer.reply(
        "GET /api/routes",
        "{\"routes\":[{\"name\":\"mini\",\"queued\":null,\"in_broker\":null,\"waits_for\":null}]}");

    assertThat(CommandRun.of(producer, "routes", "mini").out())
        .contains("Backlog     unknown: the database is unavailable\nWaits for   nothing\n");
  }

  @Test
  void jsonIsUnchangedResponse() {
    assertThat(CommandRun.of(producer, "routes", "--json").out())
        .startsWith("{\"at\":\"2026-11-01T12:00:00Z\",\"routes\":[{\"name\":\"openai-mini\"")
        .contains("\"per_worker\":[{\"name\":\"host-1\"");
    assertThat(CommandRun.of(producer, "routes", "claude", "--json").out())
        .startsWith("{\"name\":\"claude\",\"models\":[\"claude-*\"]");
  }

  @Test
  void unknownRouteIsReportedWithKnownRoutes() {
    assertThat(CommandRun.of(producer, "routes", "gpt"))
        .isEqualTo(
            new CommandRun(3, "", "unknown route 'gpt'; the routes are openai-mini, claude\n"));
    assertThat(CommandRun.of(producer, "plan", "gpt").exitCode()).isEqualTo(3);
  }

  @Test
  void planShowsWorkersAndTimes() {
    assertThat(CommandRun.onTerminal(producer, 80, "plan", "openai-mini"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                Route       openai-mini
                Limits      500 requests per minute (configured)
                            200,000 tokens per minute (advertised): 606 calls per minute at 330
                            tokens per call
                Max rate    500 calls per minute, limited by requests
                In flight   25 calls at 3.0 s per call
                Workers     4 needed at 8 calls each, 2 running
                Backlog     10,120 tasks
                Time left   31 min 38 s with 2 workers (320 calls per minute)
                            20 min 15 s with 4 workers (500 calls per minute)
                """,
                ""));
  }

  @Test
  void planNotesUnknownValues() {
    assertThat(CommandRun.onTerminal(producer, 80, "plan", "claude").out())
        .isEqualTo(
            """
            Route       claude
            Limits      20 concurrent calls of all workers (configured): rate unknown
            Workers     1 running
            Backlog     412 tasks
            Notes       No call has been made: latency and required workers are unknown.
                        No limit is known: the maximum rate is unknown.
                        The route is held (hold: quota, next probe in 20 s): times count
                        from its release.
            """);
  }

  @Test
  void workersDetermineRateWithoutKnownLimit() {
    producer.reply(
        "GET /api/plan",
        """
        {"plans":[{"route":"mini","limits":[],"binding_limit":null,"avg_latency_ms":640,"concurrency":32,"workers":1,"backlog":6000,
         "now":{"workers":1,"calls_per_minute":3000.0,"seconds_left":120},"saturated":null,
         "notes":["No limit is known: the maximum rate is unknown."]}]}
        """);

    assertThat(CommandRun.of(producer, "plan").out())
        .isEqualTo(
            """
            Route       mini
            Rate        3,000 calls per minute: capacity of the current workers at 640 ms per call
            Workers     1 running
            Backlog     6,000 tasks
            Time left   2 min 00 s with 1 worker (3,000 calls per minute)
            Notes       No limit is known: the maximum rate is unknown.
            """);
  }

  @Test
  void backlogOptionRequiresOneRoute() {
    producer.reply("GET /api/plan/openai-mini", FakeProducer.plan(640, 120, 77));
    assertThat(CommandRun.of(producer, "plan", "openai-mini", "--backlog", "640").out())
        .contains("Backlog     640 tasks\nTime left   2 min 00 s with 2 workers");
    assertThat(producer.calls.getLast().query()).isEqualTo("backlog=640");
    producer.reply("GET /api/plan/openai-mini", FakeProducer.plan(0, 0, 0));
    assertThat(CommandRun.of(producer, "plan", "openai-mini", "--backlog", "0").out())
        .endsWith("Backlog     0 tasks\n");
    assertThat(CommandRun.of(producer, "plan", "--backlog", "1"))
        .isEqualTo(new CommandRun(2, "", "--backlog requires one route: openai-mini or claude\n"));
    assertThat(CommandRun.of(producer, "plan", "claude", "--backlog", "-1"))
        .isEqualTo(new CommandRun(2, "", "--backlog (-1) must be at least 0\n"));
  }

  @Test
  void plansOfAllRoutesArePrintedAsTextAndJson() {
    assertThat(CommandRun.of(producer, "plan").out())
        .startsWith("Route       openai-mini\n")
        .contains("\n\nRoute       claude\n");
    assertThat(CommandRun.of(producer, "plan", "--json").out())
        .isEqualTo(
            "{\"plans\":[%s,%s]}\n"
                .formatted(FakeProducer.plan(10_120, 1898, 1215), FakeProducer.PLAN_UNKNOWN));
    assertThat(CommandRun.of(producer, "plan", "claude", "--json").out())
        .isEqualTo("{\"plans\":[%s]}\n".formatted(FakeProducer.PLAN_UNKNOWN));
  }
}
