package dev.sluice.system.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tests the pages in a browser, with real batches, dead letters and live calls. */
class PageIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String HOSTILE = "<img src=x onerror=window.hacked=1>";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TITLE_SCHEMA =
      "{\"type\":\"object\",\"required\":[\"title\"],\"properties\":{\"title\":{\"type\":\"string\"},\"stars\":{\"type\":\"integer\"}}}";

  /** Two parts of a document: about 90,100 estimated tokens. */
  private static final String LONGER_THAN_THE_CONTEXT = "clock ".repeat(60_080);

  /** At 300 calls per minute, tasks of such a batch are in the broker for about a minute. */
  private static final int LINES_OF_A_MINUTE = 300;

  private static final int WIDE = 1280;
  private static final int NARROW = 390;
  private static final int HEIGHT = 900;
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** The cells that a narrow window cuts off or squeezes; a table in a wide window may scroll. */
  private static final String CUT_OFF_CELLS =
      """
      innerWidth > 640 ? [] : [...document.querySelectorAll('td')]
        .filter((td) => td.offsetParent)
        .filter((td) => td.getBoundingClientRect().right > innerWidth
          || td.scrollWidth > td.clientWidth + 1
          || (!td.closest('.dead-letters') && td.offsetWidth < 0.9 * td.parentElement.clientWidth))
        .map((td) => td.textContent)""";

  /** Only one test replays the two failed tasks of this batch. */
  private static final String FAILING = "Batch with failures";

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;
  private static @Nullable Chromium chromium;
  private static @Nullable Page page;
  private static String failing = "";
  private static String annual = "";

  @BeforeAll
  static void start() throws IOException {
    Path executable = Chromium.orSkip();
    PlaywrightAssertions.setDefaultAssertionTimeout((double) TIMEOUT.toMillis());
    sluice =
        RunningSluice.start(
            folder().resolve("home"),
            "--workers",
            "2",
            "--simulator-rpm",
            "300",
            "--latency",
            "lognormal:400ms,0.4",
            "--fault",
            "429=0.03");
    chromium = Chromium.start(executable, url());
    failing = submit(FAILING, 24, "failing-");
    annual = submit("Annual reports", 400, "reports/");
    submit(HOSTILE + " " + "long ".repeat(30), 60, HOSTILE);
    page = browser().open(WIDE, HEIGHT, ColorScheme.LIGHT, key());
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (sluice != null) {
      sluice.close();
    }
  }

  @AfterEach
  void pagesLogNoErrorsAndCallNoOtherHost() {
    List<String> errors = List.copyOf(browser().errors);
    browser().errors.clear();
    assertThat(errors).isEmpty();
  }

  @Test
  void wrongKeyIsRejectedAndNoAddressHoldsAKey() {
    Page signIn = browser().open(WIDE, HEIGHT, ColorScheme.LIGHT);
    signIn.getByLabel("API key").fill("not-a-valid-key");
    signIn.getByText("Sign in").last().click();
    assertThat(signIn.getByRole(AriaRole.ALERT)).containsText("This API key is invalid");

    List<String> addresses = new ArrayList<>();
    signIn.onRequest(request -> addresses.add(request.url()));
    signIn.getByLabel("API key").fill(key());
    signIn.getByText("Sign in").last().click();
    assertThat(heading(signIn)).hasText("Overview");
    assertThat(addresses).isNotEmpty().noneMatch(address -> address.contains(key()));

    Page second = signIn.context().newPage();
    second.navigate(url() + "/#/routes");
    assertThat(heading(second)).hasText("Routes");
    signIn.context().close();
  }

  @Test
  void overviewUpdatesByItself() {
    submit("Quarterly reports", 100, "q");
    go("");
    Locator line = page().locator(".chart .line").first();
    line.waitFor();
    String before = line.getAttribute("d");
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              assertThat(line.getAttribute("d")).isNotEqualTo(before);
              assertThat(tile("Finished calls").innerText()).doesNotStartWith("0");
            });
    assertThat(page().locator(".chart svg").first())
        .hasAttribute("aria-label", Pattern.compile("default: .* calls/min.*"));
    assertThat(page().getByText("Quarterly reports")).isVisible();
  }

  @Test
  void waitIsNamedByItsLimit() {
    submit("Limited reports", 200, "limited");
    go("");
    assertThat(page().locator("article .reason"))
        .containsText(
            Pattern.compile(
                "Limited by requests/min: [\\d,]+ unfinished tasks, [\\d,]+ tasks/min, about .* left"));
    assertThat(page().locator("[aria-labelledby=overview-batches] .reason").first())
        .containsText(
            Pattern.compile(
                "Limited by requests/min on route default\\. Route: [\\d,]+ unfinished tasks of \\d+"
                    + " running batch(es)?, [\\d,]+ tasks/min\\. This batch: [\\d,]+ unfinished tasks?,"
                    + " about .* left\\."));
    assertThat(page().locator("main")).not().containsText("Waiting for requests");
  }

  @Test
  void invalidAddressIsNotFound() {
    go("batches/%zz");
    assertThat(heading(page())).hasText("Not found");
    go("");
    assertThat(heading(page())).hasText("Overview");
  }

  @Test
  void textThatLooksLikeMarkupStaysText() {
    go("batches");
    Locator hostile = page().getByText(HOSTILE).first();
    hostile.click();
    assertThat(heading(page())).containsText(HOSTILE);
    Locator task = page().locator(".tasks .name a").first();
    assertThat(task).containsText(HOSTILE);
    task.click();
    assertThat(page().locator("pre").first()).containsText(HOSTILE);
    showDeadLetters("");
    assertThat(page().evaluate("window.hacked")).isNull();
    assertThat(page().locator("img").count()).isZero();
  }

  @Test
  void routeIsHeldLimitedAndReleased() {
    go("routes");
    button("Hold").click();
    page().getByLabel("Reason").fill("maintenance " + HOSTILE);
    button("Hold route").click();
    assertThat(page().locator(".banner")).containsText("Manual hold: maintenance " + HOSTILE);
    await().atMost(TIMEOUT).until(() -> sluice().cli("routes").out().contains("manual hold"));
    submit("Waits for the hold", 3, "h");
    assertThat(page().locator(".chart-now"))
        .containsText(Pattern.compile("0 (calls|tokens)/min, held"));
    assertThat(page().locator(".route td[data-label='Target rate per minute']").first())
        .containsText("0held");
    go("");
    assertThat(page().locator(".health"))
        .containsText("Route default is held: manual hold, maintenance " + HOSTILE);
    assertThat(page().locator("article .reason")).containsText("Held: manual hold");
    assertThat(page().locator("article .reason")).not().containsText("/min");
    assertThat(page().locator(".lead")).containsText("no estimate for");
    assertThat(page().locator(".health time").first())
        .hasAttribute("title", Pattern.compile("^20\\d\\d-.*T.*\\+05:30$"));
    page().getByText("Waits for the hold").click();
    assertThat(fact("Time left")).containsText("held since");
    assertThat(fact("Rate")).hasText("0 tasks/min");
    assertThat(page().locator(".reason.big")).not().containsText("/min");
    go("routes");
    button("Release").click();
    assertThat(page().locator(".banner")).hasCount(0);

    button("Override limits").click();
    Locator requests =
        page().getByLabel("Requests per minute", new Page.GetByLabelOptions().setExact(true));
    requests.fill("120");
    button("Save limits").click();
    assertThat(page().locator(".toast").getByText("Limits of route default saved.")).isVisible();
    go("batches");
    assertThat(page().locator(".toast").count()).isZero();
    go("routes");
    assertThat(page().locator(".route td").getByText("manual override")).isVisible();
    button("Override limits").click();
    requests.fill("");
    button("Save limits").click();
    assertThat(page().locator(".route td").getByText("from response headers").first()).isVisible();
  }

  @Test
  void tasksInTheBrokerHaveOneNumberOnAllPages() throws IOException {
    String batch = submit("Counted reports", LINES_OF_A_MINUTE, "counted");
    go("routes");
    button("Hold").click();
    button("Hold route").click();
    try {
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> {
                String inBroker = fact("In broker").innerText().split("\n", 2)[0];
                assertThat(sluice().cli("routes", "default").out())
                    .contains(" · " + inBroker + " in the broker");
                assertThat(inBroker).isNotEqualTo("0");
                go("");
                assertThat(tile("In broker").innerText()).startsWith(inBroker + "\n");
                go("routes");
              });
    } finally {
      assertThat(sluice().cli("routes", "release", "default").err())
          .isEqualTo("Route default is released.\n");
      assertThat(sluice().cli("cancel", batch).exitCode()).isZero();
    }
    go("routes");
    assertThat(page().locator(".banner")).hasCount(0);
  }

  /** The value of a fact. */
  private static Locator fact(String name) {
    return page().locator(".fact:has(dt:text-is('" + name + "')) dd");
  }

  /** The value of a tile. */
  private static Locator tile(String name) {
    return page().locator(".tile:has(dt:text-is('" + name + "')) dd");
  }

  @Test
  void batchFileIsValidatedLineByLineThenStarted() {
    go("new-batch");
    page().getByText("Batch file (JSONL)").click();
    page()
        .setInputFiles(
            "#drop-file", write("bad.jsonl", line("a", "x") + "no json\n" + line("a", "x")));
    button("Validate").click();
    assertThat(page().getByRole(AriaRole.ALERT)).containsText("2 validation errors");
    assertThat(page().locator(".validation tbody tr")).hasCount(2);
    assertThat(page().locator(".validation tbody tr").first()).containsText("2");
    shot(page(), "new-errors");

    page().setInputFiles("#drop-file", write("good.jsonl", line("a", "x") + line("b", "x")));
    button("Validate").click();
    assertThat(page().locator(".success")).containsText("2 tasks, all valid.");
    shot(page(), "new-estimate");
    assertThat(page().getByLabel("Stop condition")).hasValue("25");
    page().getByLabel("Name").fill("from the page");
    page().getByLabel("Budget in US dollars").fill("5");
    button("Start 2 tasks").click();
    assertThat(heading(page())).hasText("from the page");
    await().atMost(TIMEOUT).until(() -> status().equals("completed"));
    assertThat(page().locator(".facts")).containsText("$5.00");
  }

  @Test
  void documentsAndAPromptBecomeABatch() {
    go("new-batch");
    page().getByText("Documents and a prompt").click();
    page()
        .setInputFiles(
            "#drop-documents",
            new Path[] {write("one.txt", "A river bends."), write("two.txt", "A clock ticks.")});
    page().getByLabel("Prompt").fill("Summarise it.");
    page().getByLabel("Model").fill("gpt-4o-mini");
    button("Validate").click();
    button("Start 2 tasks").click();
    assertThat(heading(page())).hasText("documents");
    assertThat(page().locator(".tasks")).containsText("one.txt");
  }

  @Test
  void pageAndCommandSendTheSameRequests() throws IOException {
    Path documents = Files.createDirectories(folder().resolve("same"));
    Path one = Files.writeString(documents.resolve("one.txt"), "A river bends.");
    Path two = Files.writeString(documents.resolve("two.txt"), "\uFEFFA clock \"ticks\".");
    Path split = Files.writeString(documents.resolve("split.txt"), LONGER_THAN_THE_CONTEXT);
    Path schema = write("schema.json", "{\"type\":\"string\",\"minLength\":1}");
    go("new-batch");
    page().getByText("Documents and a prompt").click();
    page().setInputFiles("#drop-documents", new Path[] {one, split, two});
    page().getByLabel("Prompt").fill("Summarise-it.");
    page().getByLabel("Model").fill("gpt-4o-mini");
    page().getByLabel("Max. output tokens").fill("90");
    page().getByLabel("Additional request members").fill("{\"stream\":true}");
    button("Validate").click();
    assertThat(page().locator("#toasts")).containsText("stream is set by the page.");
    page().getByLabel("Additional request members").fill("{\"temperature\":0,\"user\":\"u\"}");
    page().getByLabel("If a part of a long document fails").selectOption("keep");
    button("Validate").click();
    assertThat(page().locator("main"))
        .containsText("1 document is longer than the context length of 100,000 tokens");
    page().getByLabel("Name").fill("same");
    page().getByLabel("Budget in US dollars").fill("5");
    page().getByLabel("Stop condition").fill("30 percent");
    button("Start 5 tasks").click();
    assertThat(page().locator("#toasts")).containsText("a percentage such as 30%");
    page().getByLabel("Stop condition").fill("30%");
    page().getByLabel("Cut-off answers").selectOption("fail");
    page().getByLabel("Service tier").selectOption("flex");
    page().getByLabel("Reuse results").fill("7d");
    page().getByLabel("Check of answers").fill("{\"type\":\"string\",\"minLength\":1}");
    page().getByLabel("Max. re-asks").fill("1");
    shot(page(), "new-options");

    JsonNode fromPage =
        JSON.readTree(
            page()
                .waitForRequest(
                    request -> request.url().endsWith("/v1/batches"),
                    () -> button("Start 5 tasks").click())
                .postData());

    assertThat(heading(page())).hasText("same");
    assertThat(page().locator(".facts")).containsText("flex");
    String command =
        ("summarize %s --no-wait --model gpt-4o-mini --prompt Summarise-it. --max-tokens 90"
                + " --param temperature=0 --param user=u --name same --budget 5"
                + " --stop-after 30%%/100 --cut-off fail --partial keep --tier flex --reuse 7d --check %s"
                + " --re-ask 1")
            .formatted(documents, schema);
    JsonNode fromCommand = requestOf(command.split(" ", -1));
    assertThat(withoutFile(fromPage)).isEqualTo(withoutFile(fromCommand));
    assertThat(inputOf(fromPage)).isEqualTo(inputOf(fromCommand).stripTrailing());
  }

  /** The request to create a batch that the command sends. */
  private static JsonNode requestOf(String... command) throws IOException {
    try (RecordingProxy proxy = new RecordingProxy(url())) {
      Map<String, String> environment = Map.of("SLUICE_URL", proxy.url(), "SLUICE_API_KEY", key());
      Checkout.RunResult submitted = Checkout.run(environment, command);
      assertThat(submitted.exitCode()).as(submitted.err()).isZero();
      return JSON.readTree(proxy.batchRequests().getFirst());
    }
  }

  private static JsonNode withoutFile(JsonNode request) {
    return ((ObjectNode) request).without("input_file_id");
  }

  private static String inputOf(JsonNode request) {
    return sluice().get("/v1/files/" + request.path("input_file_id").asString() + "/content");
  }

  @Test
  void sampleOfTheDocumentsRunsBeforeTheOthers() {
    go("new-batch");
    page().getByText("Documents and a prompt").click();
    page()
        .setInputFiles(
            "#drop-documents",
            new Path[] {
              write("short.txt", "A river bends."),
              write("long.txt", "A clock ticks. ".repeat(50)),
              write("middle.txt", "Snow falls. ".repeat(9))
            });
    page().getByLabel("Prompt").fill("Summarise it.");
    page().getByLabel("Model").fill("gpt-4o-mini");
    page().getByLabel("Additional request members").fill("");
    button("Validate").click();
    page().getByLabel("Name").fill("with a sample");
    page().getByLabel("Sample").fill("2");
    button("Start 3 tasks").click();
    Locator sample = page().locator(".sample");
    assertThat(sample).containsText("Sample of 2 of 3 documents");
    page().reload();
    assertThat(sample).containsText("Sample of 2 of 3 documents");
    assertThat(sample).containsText("2 answered, 0 cut off, 0 failed.");
    assertThat(sample).containsText("Estimated cost of all documents: ");
    shot(page(), "new-sample");
    go("new-batch");
    page().getByText("Open the sample").click();

    button("Start the other 1 document").click();

    assertThat(heading(page())).hasText("with a sample");
    assertThat(page().locator(".tasks tbody tr")).hasCount(1);
    assertThat(page().locator(".tasks")).containsText("middle.txt");
  }

  @Test
  void answerThatMissesItsSchemaIsAcceptedOrEdited() {
    Path schema = write("title.json", TITLE_SCHEMA);
    String file =
        write("missed.jsonl", checkedLine("to-accept") + checkedLine("to-edit")).toString();
    Checkout.RunResult submitted =
        sluice().cli("submit", file, "--check", schema.toString(), "--re-ask", "0");
    assertThat(submitted.exitCode()).as(submitted.err()).isZero();
    String batch = submitted.out().strip();
    await()
        .atMost(TIMEOUT)
        .until(() -> sluice().get("/api/batches/" + batch).contains("\"failed\":2"));

    openDeadLetter(batch, "to-accept");
    assertThat(page().locator("main")).containsText("required property 'title' not found");
    assertThat(page().locator("section:has(h2:text-is('Answer'))")).containsText("stars");
    shot(page(), "dead-letter-invalid-output");
    button("Accept answer").click();
    page().getByLabel("Reason").fill("the stars suffice");
    button("Accept answer").last().click();
    assertThat(page().locator(".subtitle .badge")).hasText("accepted");

    openDeadLetter(batch, "to-edit");
    button("Edit and replay").click();
    Locator request = page().getByLabel("Request");
    request.fill(request.inputValue().replace("[[sluice:invalid-output]] ", ""));
    page().getByLabel("Reason").fill("asks for the title");
    button("Replay with edits").click();
    assertThat(page().locator(".subtitle .badge")).hasText("replayed");

    go("batches/" + batch);
    await().atMost(TIMEOUT).until(() -> status().equals("completed"));
  }

  private static void openDeadLetter(String batch, String customId) {
    Locator link = page().locator(".dead-letters td.name > a").getByText(customId);
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              showDeadLetters("?batch=" + batch);
              return link.count() == 1;
            });
    link.click();
    assertThat(heading(page())).hasText(customId);
  }

  private static String checkedLine(String customId) {
    return """
        {"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","response_format":{"type":"json_schema","json_schema":{"name":"title","schema":%s}},"messages":[{"role":"user","content":"[[sluice:invalid-output]] Name the title."}]}}
        """
        .formatted(customId, TITLE_SCHEMA);
  }

  @Test
  void documentsWithoutTextAreListedAndExcluded() {
    go("new-batch");
    page().getByText("Documents and a prompt").click();
    page()
        .setInputFiles(
            "#drop-documents",
            new Path[] {
              write("page.html", "<script>x()</script><p>A river <b>bends</b>.</p>"),
              write("damaged.pdf", "%PDF-1.4"),
              write("blank.txt", " ")
            });
    page().getByLabel("Prompt").fill("Summarise it.");
    page().getByLabel("Model").fill("gpt-4o-mini");
    button("Validate").click();
    assertThat(page().getByRole(AriaRole.ALERT))
        .containsText("2 documents cannot be read. Nothing was uploaded.");
    assertThat(page().locator(".validation tbody tr").first()).containsText("cannot be parsed");
    shot(page(), "new-unreadable-documents");

    button("Exclude them and validate").click();
    button("Start 1 task").click();
    assertThat(page().locator(".tasks")).containsText("page.html");
  }

  @Test
  void pausedBatchIsShownAsPausedAndResumes() {
    submit("To be paused", 200, "p");
    go("batches");
    page().getByText("To be paused").click();
    assertThat(heading(page())).hasText("To be paused");
    button("Pause").click();
    assertThat(page().locator(".reason.big")).containsText("Paused manually since");
    button("Resume").click();
    assertThat(page().locator(".reason.big")).not().containsText("Paused");
    button("Cancel").click();
    button("Keep batch").click();
    button("Cancel").click();
    button("Cancel batch").click();
    await().atMost(TIMEOUT).until(() -> status().startsWith("cancel"));
  }

  @Test
  void completedBatchWithFailuresIsAmberAndReplaysThem() {
    go("batches/" + failing);
    assertThat(heading(page())).hasText(FAILING);
    await().atMost(TIMEOUT).until(() -> status().equals("completed with failures"));
    assertThat(page().locator(".subtitle .badge").first()).hasClass(Pattern.compile("amber"));
    assertThat(page().locator(".failures")).containsText("2 tasks failed, 2 open dead letters");
    assertThat(page().locator("main")).not().containsText("Not waiting");
    shot(page(), "batch-with-failures");
    button("Replay failed tasks").click();
    page().getByLabel("Reason").fill("the provider accepts them now");
    button("Replay 2").click();
    assertThat(page().locator(".bulk-job")).containsText("Replay completed: 2 of 2 replayed");

    go("batches");
    page()
        .locator(".row")
        .filter(new Locator.FilterOptions().setHasText(FAILING))
        .getByText("View dead letters")
        .click();
    assertThat(page()).hasURL(url() + "/#/dead-letters?batch=" + failing);
  }

  @Test
  void failedTaskLinksToItsDeadLetter() {
    // The page of a task looks for its dead letter once.
    await().atMost(TIMEOUT).until(() -> openDeadLetters(failing) == 2);
    go("batches/" + failing);
    page().getByLabel("State").selectOption("failed");
    failedTask().click();
    page().getByText("View dead letter").click();
    assertThat(page()).hasURL(Pattern.compile("/#/dead-letters/[0-9a-f-]{36}$"));
    assertThat(heading(page())).containsText("failing");
  }

  @Test
  void deadLetterFiltersAreInTheAddress() {
    showDeadLetters("");
    page().getByLabel("Batch").selectOption(failing);
    assertThat(page()).hasURL(url() + "/#/dead-letters?batch=" + failing);
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              button("Refresh").click();
              return page().locator(".dead-letters tbody tr").count() == 2;
            });
    assertThat(page().locator(".bulk-bar")).containsText("2 matching");

    page().getByLabel("Message").fill("no such text");
    page().keyboard().press("Enter");
    assertThat(page().locator(".empty")).containsText("No matches");
    page().reload();
    assertThat(page().locator(".empty")).containsText("No matches");
    assertThat(page().getByLabel("Message")).hasValue("no such text");

    page().getByText("Clear filters").first().click();
    assertThat(page()).hasURL(url() + "/#/dead-letters");
    assertThat(page().getByLabel("Message")).hasValue("");
    for (String filter :
        List.of("route=default", "model=gpt-4o-mini", "code=invalid_request", "text=fault 400")) {
      showDeadLetters("?" + filter + "&since=2020-01-01T00:00Z");
      assertThat(page().locator(".dead-letters tbody tr").first()).isVisible();
    }
    page().navigate(url() + "/#/dead-letters?model=gpt-4o");
    assertThat(page().locator(".empty")).containsText("No matches");
    showDeadLetters("?route=default");
    page().getByLabel("To", new Page.GetByLabelOptions().setExact(true)).fill("2020-01-01T00:00");
    page().keyboard().press("Tab");
    assertThat(page()).hasURL(Pattern.compile("until=2019-12-31T18%3A30Z"));
    assertThat(page().locator(".empty")).containsText("No matches");
    page().goBack();
    assertThat(page().locator(".dead-letters tbody tr").first()).isVisible();
  }

  @Test
  void selectedDeadLettersAreReplayedWithAReason() {
    showDeadLetters("?batch=" + annual);
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              button("Refresh").click();
              return page().locator(".dead-letters tbody tr").count() >= 3;
            });
    assertThat(page().locator("nav .count")).hasText(Pattern.compile("\\d+"));
    Locator boxes = page().locator(".dead-letters tbody input");
    boxes.nth(0).check();
    boxes.nth(1).check();
    String name = page().locator(".dead-letters tr.on td.name > a").first().getAttribute("title");
    assertThat(page().locator(".bulk-bar")).containsText("2 selected");
    shot(page(), "dead-letters-selected");
    button("Replay selected").click();
    button("Cancel").click();
    button("Replay selected").click();
    page().getByLabel("Reason").fill("fault fixed " + HOSTILE);
    page().getByLabel("Operator").fill("Kim");
    button("Replay 2").click();
    assertThat(page().locator(".bulk-job")).containsText("Replay completed: 2 of 2 replayed");
    button("Dismiss").click();

    showDeadLetters("?state=replayed&custom_id=" + name);
    page().locator(".dead-letters td.name > a").first().click();
    Locator audit =
        page()
            .locator("section")
            .filter(new Locator.FilterOptions().setHasText("Audit log"))
            .locator("tbody tr");
    assertThat(audit).hasCount(1);
    assertThat(audit).containsText("fault fixed " + HOSTILE);
    assertThat(audit).containsText("Kim");
  }

  @Test
  void discardedDeadLetterIsNoLongerListedAsOpen() {
    showDeadLetters("?batch=" + annual + "&code=invalid_request");
    page().getByLabel("Select all").check();
    page().getByLabel("Select all").uncheck();
    page().locator(".dead-letters tbody input").first().check();
    String name = page().locator(".dead-letters tr.on td.name > a").innerText();
    button("Discard selected").click();
    page().getByLabel("Reason").fill("not needed");
    button("Discard 1").click();
    assertThat(page().locator(".bulk-job")).containsText("Discard completed: 1 of 1 discarded");
    button("Dismiss").click();
    showDeadLetters("?state=discarded");
    assertThat(page().locator(".dead-letters")).containsText(name);
  }

  @Test
  void deadLetterIsEditedAndReplayed() {
    showDeadLetters("?batch=" + annual);
    shot(page(), "dead-letters");
    page().locator(".dead-letters td.name > a").first().click();
    assertThat(page().locator("main")).containsText("Call history");
    shot(page(), "dead-letter");
    button("Edit and replay").click();
    Locator request = page().getByLabel("Request");
    request.fill(request.inputValue().replace("[[sluice:400]] ", ""));
    page().getByLabel("Reason").fill("the fault is removed");
    button("Replay with edits").click();
    assertThat(page().locator("main")).containsText("replayed");
    assertThat(page().locator("main")).containsText("the fault is removed");
    page().getByText(Pattern.compile("^[0-9a-f]{8}-")).first().click();
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              button("Refresh").click();
              return status().equals("completed");
            });
    shot(page(), "task-replayed");
    Locator original = page().locator(".run").first();
    assertThat(original).containsText("Run 1 · failed with invalid request, 1 attempt");
    assertThat(original.locator("tbody tr").last()).containsText("400");
    Locator replay = page().locator(".run").last();
    assertThat(replay).containsText(Pattern.compile("Run \\d · completed, 1 attempt"));
    assertThat(replay.locator("td[data-label=Started] time").first())
        .hasAttribute("title", Pattern.compile("\\+05:30$"));
    assertThat(fact("Attempts")).containsText("1 in the last run");
    assertThat(sluice().cli("task", fact("Task ID").innerText()).out())
        .contains("Run 1: failed with invalid_request, 1 attempt, dead letter ")
        .containsPattern("Run \\d: completed, 1 attempt\n");
  }

  private static int openDeadLetters(String batch) {
    String stats = sluice().get("/api/dead-letters/stats?batch=" + batch);
    return JSON.readTree(stats).path("total").asInt();
  }

  /** Waits until the list shows a dead letter. */
  private static void showDeadLetters(String query) {
    showDeadLetters(page(), query);
  }

  private static void showDeadLetters(Page page, String query) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              page.navigate(url() + "/#/dead-letters" + query);
              page.waitForSelector("[data-key=dead-letters] :is(.dead-letters, .empty)");
              return page.locator(".dead-letters tbody tr").count() > 0;
            });
  }

  /** The badge below the heading. */
  private static String status() {
    return page().locator(".subtitle .badge").first().innerText();
  }

  @Test
  void administratorSeesAllProjectsOrOne() {
    String green = sluice().cli("keys", "create", "reader", "--project", "green").out().strip();
    submit(Map.of("SLUICE_URL", url(), "SLUICE_API_KEY", green), "Green tasks", 3, "g");
    go("batches");
    Locator row =
        page().locator(".row").filter(new Locator.FilterOptions().setHasText("Green tasks"));
    assertThat(row.locator(".badge").getByText("project: green")).isVisible();
    page().getByLabel("Project").selectOption("green");
    assertThat(page().locator(".row")).hasCount(1);
    row.locator("a.name").click();
    assertThat(heading(page())).hasText("Green tasks");
    page().locator(".tasks .name a").first().click();
    assertThat(heading(page())).hasText("g0");
    page().reload();
    assertThat(heading(page())).hasText("g0");
  }

  @Test
  void createdKeyIsShownOnceAndRevoked() {
    go("admin/keys");
    button("Create key").click();
    page().getByLabel("Name").fill("nightly report");
    page().locator("dialog").getByText("Create key").click();
    Locator secret = page().getByLabel("API key", new Page.GetByLabelOptions().setExact(true));
    assertThat(secret).hasValue(Pattern.compile("sk-sluice-[0-9a-f]{16}-[0-9a-f]{48}"));
    String text = secret.inputValue();
    button("Done").click();
    Locator row =
        page().locator("tr").filter(new Locator.FilterOptions().setHasText("nightly report"));
    assertThat(row).containsText("valid");
    assertThat(page().locator("dialog")).hasCount(0);
    assertThat(page().content()).doesNotContain(text);
    row.getByText("Revoke").click();
    button("Revoke key").click();
    assertThat(row).containsText("revoked");
  }

  @Test
  void searchFindsTheBatchOfACustomId() {
    go("batches");
    page().getByLabel("Search").fill("reports/7");
    page().getByLabel("Search").press("Enter");
    assertThat(page().locator(".row")).hasCount(1);
    page().getByText("Tasks with this custom ID").click();
    assertThat(heading(page())).hasText("Annual reports");
    page().locator(".tasks .name a").getByText("reports/7", exact()).click();
    assertThat(heading(page())).hasText("reports/7");
  }

  private static Locator.GetByTextOptions exact() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  @Test
  void stepWithMostCallsIsFirst() throws IOException, InterruptedException {
    for (String step : List.of("judge", "draft", "judge", "judge")) {
      liveCall(step);
    }
    go("");
    Locator first = page().locator("[aria-labelledby=overview-steps] tbody tr").first();
    assertThat(first).containsText("judge");
    assertThat(first).containsText("75 %");
  }

  private static void liveCall(String step) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key())
            .header("X-Sluice-Step", step)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hills.\"}]}"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void pagesFitNarrowScreensInLightAndDark() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = browser().open(WIDE, HEIGHT, scheme, key());
      for (int width : List.of(WIDE, NARROW)) {
        page.setViewportSize(width, HEIGHT);
        for (String view : List.of("", "batches", "routes", "dead-letters", "new-batch")) {
          go(page, view);
          fits(page, view.isEmpty() ? "overview" : view, scheme, width);
        }
        for (String list : List.of("keys", "quotas", "webhooks", "jobs", "audit")) {
          go(page, "admin/" + list);
          page.locator(".admin, .empty").waitFor();
          fits(page, list, scheme, width);
        }
        page.navigate(url() + "/#/?period=24h");
        page.locator(".bar-completed").first().waitFor();
        fits(page, "history", scheme, width);
        go(page, "batches/" + failing);
        page.locator(".tasks .name a").first().waitFor();
        fits(page, "batch", scheme, width);
        page.getByLabel("State").selectOption("failed");
        failedTask(page).click();
        assertThat(page.locator("main")).containsText("Call history");
        fits(page, "task", scheme, width);
        showDeadLetters(page, "");
        page.locator(".dead-letters td.name > a").first().click();
        assertThat(page.locator("main")).containsText("Call history");
        fits(page, "dead-letter", scheme, width);
      }
      page.context().close();
    }
  }

  private static void fits(Page page, String name, ColorScheme scheme, int width) {
    shot(page, "%s-%s-%d".formatted(name, scheme.name().toLowerCase(Locale.ROOT), width));
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .as("%s fits %d", name, width)
        .isEqualTo(true);
    assertThat(page.evaluate(CUT_OFF_CELLS))
        .as("cut-off cells of %s at %d", name, width)
        .isEqualTo(List.of());
  }

  private static Locator failedTask() {
    return failedTask(page());
  }

  /** Waits until the page links to a failed task and returns the link. */
  private static Locator failedTask(Page page) {
    Locator failed =
        page.locator(".tasks tbody tr")
            .filter(
                new Locator.FilterOptions()
                    .setHas(page.locator(".badge", new Page.LocatorOptions().setHasText("failed"))))
            .locator(".name a");
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              button(page, "Refresh").click();
              page.waitForSelector(".tasks, .empty");
              return failed.count() > 0;
            });
    return failed.first();
  }

  @Test
  void keyboardReachesTheMenu() {
    go("");
    page().reload();
    List<String> reached = new ArrayList<>();
    page().waitForSelector("nav");
    for (int i = 0; i < 12; i++) {
      page().keyboard().press("Tab");
      reached.add(
          String.valueOf(
              page().evaluate("document.activeElement.textContent.trim().slice(0, 12)")));
    }
    assertThat(reached)
        .contains("Skip to cont", "Overview", "Batches", "Routes", "Dead letters", "New batch");
  }

  @Test
  void openPagesShareOneSnapshotPerSecond() {
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Page open = browser().open(WIDE, HEIGHT, ColorScheme.LIGHT, key());
      pages.add(open);
      // A page that opens its stream causes a snapshot of its own.
      assertThat(open.locator(".connection")).containsText("Connected, ");
    }
    long start = System.nanoTime(); // before the first read, whose response may take a while
    double before = snapshots();
    await().atMost(TIMEOUT).until(() -> snapshots() >= before + 3);
    double made = snapshots() - before;
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(made).isLessThanOrEqualTo(seconds + 1);
    pages.forEach(open -> open.context().close());
  }

  private static double snapshots() {
    Object text =
        page()
            .evaluate(
                "key => fetch('/actuator/prometheus', {headers: {Authorization: `Bearer"
                    + " ${key}`}}).then(r => r.text())",
                key());
    return String.valueOf(text)
        .lines()
        .filter(line -> line.startsWith("sluice_overview_snapshot_seconds_count"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private static void go(String view) {
    go(page(), view);
  }

  private static void go(Page page, String view) {
    page.navigate(url() + "/#/" + view);
    page.waitForSelector("main[data-key='" + view + "'] h1");
    assertThat(page.locator("main")).not().containsText("Connecting…");
  }

  private static void shot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
  }

  private static Locator heading(Page page) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
  }

  private static Locator button(String name) {
    return button(page(), name);
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static String submit(String name, int tasks, String prefix) {
    return submit(sluice().environment(), name, tasks, prefix);
  }

  /** Submits a batch and returns its id. The fourth of every 20 tasks fails. */
  private static String submit(
      Map<String, String> environment, String name, int tasks, String prefix) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < tasks; i++) {
      String fault = i % 20 == 3 ? "[[sluice:400]] " : "";
      lines.append(line(prefix + i, fault + HOSTILE + " Summarise: rivers bend."));
    }
    Checkout.RunResult runResult =
        Checkout.run(
            environment,
            "submit",
            write(tasks + "-tasks.jsonl", lines.toString()).toString(),
            "--name",
            name);
    assertThat(runResult.exitCode()).as(runResult.err()).isZero();
    return runResult.out().strip();
  }

  private static String line(String customId, String prompt) {
    return """
    {"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","max_tokens":60,"messages":[{"role":"user","content":"%s"}]}}
    """
        .formatted(customId, prompt);
  }

  private static Path write(String name, String text) {
    try {
      return Files.writeString(folder().resolve(name), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static String url() {
    return Objects.requireNonNull(sluice().environment().get("SLUICE_URL"));
  }

  private static String key() {
    return Objects.requireNonNull(sluice().environment().get("SLUICE_API_KEY"));
  }

  private static RunningSluice sluice() {
    return Objects.requireNonNull(sluice);
  }

  /** A wide page, signed in, shared by most tests. */
  private static Page page() {
    return Objects.requireNonNull(page);
  }

  private static Chromium browser() {
    return Objects.requireNonNull(chromium);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
