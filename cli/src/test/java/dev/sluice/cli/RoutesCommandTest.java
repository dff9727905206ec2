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
  void theRoutesAreATableAndThoseThatRestSayWhy() {
    assertThat(CommandRun.onTerminal(producer, 80, "routes"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                ROUTE        WORKERS  RUNNING  WAITING  WAITS FOR
                openai-mini        2       16        3  requests
                claude             1        0        4  hold: quota, next probe in 20 s

                ROUTE        LIMIT       PER MINUTE  SOURCE     PACE  LEFT
                openai-mini  requests           500  set         495    12
                             tokens         200,000  told    198,000     –
                claude       none known           –  –             –     –

                claude rests: Your credit balance is too low to access the API. Please go to
                Plans & Billing to upgrade or purchase credits.
                """,
                ""));
  }

  @Test
  void inAPipeNothingIsBroken() {
    assertThat(CommandRun.of(producer, "routes").out())
        .endsWith("Please go to Plans & Billing to upgrade or purchase credits.\n");
  }

  @Test
  void oneRouteIsToldInDetail() {
    assertThat(CommandRun.onTerminal(producer, 80, "routes", "openai-mini").out())
        .isEqualTo(
            """
            Route       openai-mini
            Provider    api.openai.com
            Models      gpt-4o-mini, gpt-4o
            Workers     2, with 8 calls each
            Calls       16 running · 3 waiting · 10,120 ended · 1 rate limit absorbed
            One call    3.0 s · 330 tokens
            Backlog     9,120 queued · 1,000 in the broker
            Waits for   requests
            Limits      kept in Redis, for all workers

            LIMIT     PER MINUTE  SOURCE     PACE  LEFT
            requests         500  set         495    12
            tokens       200,000  told    198,000     –

            WORKER  RUNNING  WAITING   ENDED  429S  CALL   WAITS FOR
            host-1        8        3  10,000     1  3.0 s  requests
            host-2        8        0     120     0  –      its end
            """);
    assertThat(CommandRun.onTerminal(producer, 60, "routes", "claude").out())
        .contains("Workers     1, with 4 calls each, 20 in the whole fleet\n")
        .contains("One call    not known: none was made yet\n")
        .contains(
            """
            Waits for   hold: quota, next probe in 20 s
            Why         Your credit balance is too low to access the
                        API. Please go to Plans & Billing to upgrade or
                        purchase credits.
            """);
  }

  @Test
  void aWorkersShareIsShownWhereTheLimitsAreDivided() {
    producer.reply(
        "GET /api/routes",
        """
        {"routes":[{"name":"mini","kept_in":"divided","per_worker":[
         {"name":"host-1","running":0,"waiting":1,"share":0.3333,"calls_ended":7,"throttled":0,"call_ms":640,
          "waits_for":"hold: rate limit until 12:00:07 UTC"},
         {"name":"host-2","running":0,"waiting":1,"share":0.6667,"calls_ended":0,"throttled":0,"call_ms":null,
          "waits_for":"breaker open, next probe in 8 s"}]}]}
        """);

    assertThat(CommandRun.of(producer, "routes", "mini").out())
        .contains("Limits      divided over the workers\n")
        .endsWith(
            """
            WORKER  RUNNING  WAITING  ENDED  429S  CALL    SHARE  WAITS FOR
            host-1        0        1      7     0  640 ms  33 %   hold: rate limit
            host-2        0        1      0     0  –       67 %   breaker open
            """);
  }

  @Test
  void whileTheDatabaseIsAwayTheBacklogIsNotKnown() {
    producer.reply(
        "GET /api/routes",
        "{\"routes\":[{\"name\":\"mini\",\"queued\":null,\"in_broker\":null,\"waits_for\":null}]}");

    assertThat(CommandRun.of(producer, "routes", "mini").out())
        .contains("Backlog     not known: the database is away\nWaits for   nothing\n");
  }

  @Test
  void jsonIsTheProducersOwn() {
    assertThat(CommandRun.of(producer, "routes", "--json").out())
        .startsWith("{\"at\":\"2026-11-01T12:00:00Z\",\"routes\":[{\"name\":\"openai-mini\"")
        .contains("\"per_worker\":[{\"name\":\"host-1\"");
    assertThat(CommandRun.of(producer, "routes", "claude", "--json").out())
        .startsWith("{\"name\":\"claude\",\"models\":[\"claude-*\"]");
  }

  @Test
  void anUnknownRouteIsToldWithThoseThatThereAre() {
    assertThat(CommandRun.of(producer, "routes", "gpt"))
        .isEqualTo(
            new CommandRun(3, "", "there is no route 'gpt'; there are openai-mini, claude\n"));
    assertThat(CommandRun.of(producer, "plan", "gpt").exitCode()).isEqualTo(3);
  }

  @Test
  void aPlanSaysWhatItTakesAndHowLong() {
    assertThat(CommandRun.onTerminal(producer, 80, "plan", "openai-mini"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                Route       openai-mini
                Limits      500 requests a minute (set)
                            200,000 tokens a minute (told): 606 calls a minute, each 330
                Goes at     500 calls a minute at most: requests bind
                In flight   25 calls for that, since one takes 3.0 s
                Workers     4 saturate it, with 8 calls each; 2 are there
                Backlog     10,120 tasks
                Done in     31 min 38 s with 2 workers (320 calls a minute)
                            20 min 15 s with 4 workers (500 calls a minute)
                """,
                ""));
  }

  @Test
  void whatIsNotKnownYetIsSaid() {
    assertThat(CommandRun.onTerminal(producer, 80, "plan", "claude").out())
        .isEqualTo(
            """
            Route       claude
            Limits      20 calls at once in the fleet (set): calls a minute not known
            Workers     1 is there
            Backlog     412 tasks
            Mind        No call was made yet: latency unknown, and with it how many workers
                        it takes.
                        No limit is known yet: how fast the route can go is not known.
                        The route rests now (hold: quota, next probe in 20 s): times count
                        from when it goes on.
            """);
  }

  @Test
  void withoutALimitTheWorkersAloneGiveTheRate() {
    producer.reply(
        "GET /api/plan",
        """
        {"plans":[{"route":"mini","limits":[],"binds":null,"call_ms":640,"concurrency":32,"workers":1,"backlog":6000,
         "now":{"workers":1,"calls_per_minute":3000.0,"seconds":120},"saturated":null,
         "notes":["No limit is known yet: how fast the route can go is not known."]}]}
        """);

    assertThat(CommandRun.of(producer, "plan").out())
        .isEqualTo(
            """
            Route       mini
            Goes at     3,000 calls a minute: as many as these workers can, since one takes 640 ms
            Workers     1 is there
            Backlog     6,000 tasks
            Done in     2 min 00 s with 1 worker (3,000 calls a minute)
            Mind        No limit is known yet: how fast the route can go is not known.
            """);
  }

  @Test
  void aBacklogCanBeGivenForOneRoute() {
    producer.reply("GET /api/plan/openai-mini", FakeProducer.plan(640, 120, 77));
    assertThat(CommandRun.of(producer, "plan", "openai-mini", "--backlog", "640").out())
        .contains("Backlog     640 tasks\nDone in     2 min 00 s with 2 workers");
    assertThat(producer.calls.getLast().query()).isEqualTo("backlog=640");
    producer.reply("GET /api/plan/openai-mini", FakeProducer.plan(0, 0, 0));
    assertThat(CommandRun.of(producer, "plan", "openai-mini", "--backlog", "0").out())
        .endsWith("Backlog     0 tasks\n");
    assertThat(CommandRun.of(producer, "plan", "--backlog", "1"))
        .isEqualTo(
            new CommandRun(2, "", "--backlog is for one route: name it, openai-mini or claude\n"));
    assertThat(CommandRun.of(producer, "plan", "claude", "--backlog", "-1"))
        .isEqualTo(new CommandRun(2, "", "--backlog (-1) is below 0\n"));
  }

  @Test
  void thePlansOfAllRoutesAreJsonToo() {
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
