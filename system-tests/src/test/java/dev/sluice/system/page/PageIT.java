package dev.sluice.system.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.system.run.Checkout;
import dev.sluice.system.run.RunningSluice;
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

/** The pages as people use them, by what they read and by the keyboard. */
class PageIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String HOSTILE = "<img src=x onerror=window.hacked=1>";
  private static final int WIDE = 1280;
  private static final int NARROW = 390;
  private static final int HEIGHT = 900;
  private static final Path SHOTS = Path.of("target", "screenshots");

  @TempDir private static @Nullable Path folder;
  private static @Nullable RunningSluice sluice;
  private static @Nullable Chromium chromium;

  @BeforeAll
  static void start() throws IOException {
    Path executable = Chromium.orSkip();
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
    submit("Annual reports", 400, "reports/");
    submit(HOSTILE + " " + "long ".repeat(30), 60, HOSTILE);
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
  void noPageDidWhatItMayNot() {
    List<String> complaints = List.copyOf(browser().complaints);
    browser().complaints.clear();
    assertThat(complaints).isEmpty();
  }

  @Test
  void aWrongKeyIsRefusedAndNoKeyIsEverInAnAddress() {
    Page page = browser().open(WIDE, HEIGHT, ColorScheme.LIGHT);
    page.getByLabel("API key").fill("not-the-key-of-anybody");
    page.getByText("Sign in").last().click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("This API key is invalid");

    List<String> addresses = new ArrayList<>();
    page.onRequest(request -> addresses.add(request.url()));
    page.getByLabel("API key").fill(key());
    page.getByText("Sign in").last().click();
    assertThat(heading(page)).hasText("Overview");
    assertThat(addresses).isNotEmpty().noneMatch(address -> address.contains(key()));

    Page second = page.context().newPage();
    second.navigate(url() + "/#/routes");
    assertThat(heading(second)).hasText("Routes");
    page.context().close();
  }

  @Test
  void theOverviewMovesByItself() {
    submit("Quarterly reports", 100, "q");
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    Locator line = page.locator(".chart .line").first();
    line.waitFor();
    String before = line.getAttribute("d");
    Locator ended =
        page.locator(".tile").filter(new Locator.FilterOptions().setHasText("Calls ended"));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(line.getAttribute("d")).isNotEqualTo(before);
              assertThat(ended.locator("dd").innerText()).doesNotStartWith("0");
            });
    assertThat(page.locator(".chart svg").first())
        .hasAttribute("aria-label", Pattern.compile("default: .* a minute.*"));
    assertThat(page.getByText("Quarterly reports")).isVisible();
    page.context().close();
  }

  @Test
  void textThatLooksLikeMarkupStaysText() {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    go(page, "batches");
    Locator hostile = page.getByText(HOSTILE).first();
    hostile.click();
    assertThat(heading(page)).containsText(HOSTILE);
    Locator task = page.locator(".tasks a").first();
    assertThat(task).containsText(HOSTILE);
    task.click();
    assertThat(page.locator("pre").first()).containsText(HOSTILE);
    go(page, "dead");
    assertThat(page.locator(".row").first()).isVisible();
    assertThat(page.evaluate("window.hacked")).isNull();
    assertThat(page.locator("img").count()).isZero();
    page.context().close();
  }

  @Test
  void aRouteIsHeldLimitedAndReleasedByHand() {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    go(page, "routes");
    button(page, "Hold").click();
    page.getByLabel("Why").fill("maintenance " + HOSTILE);
    button(page, "Hold the route").click();
    assertThat(page.locator(".banner")).containsText("Held by hand: maintenance " + HOSTILE);
    await().atMost(SOON).until(() -> sluice().cli("routes").out().contains("by hand"));
    button(page, "Release").click();
    assertThat(page.locator(".banner")).hasCount(0);

    button(page, "Change limits").click();
    page.getByLabel("requests a minute", new Page.GetByLabelOptions().setExact(true)).fill("120");
    button(page, "Set them").click();
    assertThat(page.locator(".route td").getByText("set by hand")).isVisible();
    button(page, "Change limits").click();
    page.getByLabel("requests a minute", new Page.GetByLabelOptions().setExact(true)).fill("");
    button(page, "Set them").click();
    assertThat(page.locator(".route td").getByText("told by the provider").first()).isVisible();
    page.context().close();
  }

  @Test
  void aBatchFileIsCheckedLineByLineThenStarted() throws IOException {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    go(page, "new");
    page.setInputFiles(
        "#drop-file", write("bad.jsonl", line("a", "x") + "no json\n" + line("a", "x")));
    button(page, "Check it").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("2 errors");
    assertThat(page.locator(".found tbody tr")).hasCount(2);
    assertThat(page.locator(".found tbody tr").first()).containsText("2");
    shot(page, "new-errors");

    page.setInputFiles("#drop-file", write("good.jsonl", line("a", "x") + line("b", "x")));
    button(page, "Check it").click();
    assertThat(page.locator(".good")).containsText("2 tasks, all lines are right.");
    shot(page, "new-estimate");
    page.getByLabel("Name").fill("from the page");
    page.getByLabel("Budget in US dollars").fill("5");
    button(page, "Start 2 tasks").click();
    assertThat(heading(page)).hasText("from the page");
    await()
        .atMost(SOON)
        .until(() -> page.locator(".badge").first().innerText().equals("completed"));
    assertThat(page.locator(".facts")).containsText("$5.00");
    page.context().close();
  }

  @Test
  void documentsAndAPromptBecomeABatch() throws IOException {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    go(page, "new");
    page.getByText("Documents and a prompt").click();
    page.setInputFiles(
        "#drop-documents",
        new Path[] {write("one.txt", "A river bends."), write("two.txt", "A clock ticks.")});
    page.getByLabel("Prompt").fill("Summarise it.");
    page.getByLabel("Model").fill("gpt-4o-mini");
    button(page, "Check it").click();
    button(page, "Start 2 tasks").click();
    assertThat(heading(page)).hasText("documents");
    assertThat(page.locator(".tasks")).containsText("one.txt");
    page.context().close();
  }

  @Test
  void aPausedBatchSaysSoAndGoesOn() {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    submit("To be paused", 200, "p");
    go(page, "batches");
    page.getByText("To be paused").click();
    assertThat(heading(page)).hasText("To be paused");
    button(page, "Pause").click();
    assertThat(page.locator(".why.big")).containsText("Paused by hand since");
    button(page, "Resume").click();
    assertThat(page.locator(".why.big")).not().containsText("Paused");
    button(page, "Cancel").click();
    button(page, "Cancel the batch").click();
    await()
        .atMost(SOON)
        .until(() -> page.locator(".sub .badge").first().innerText().startsWith("cancel"));
    page.context().close();
  }

  @Test
  void aDeadLetterIsMendedAndSentAgainByHand() {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    showDeadLetters(page);
    shot(page, "dead-letters");
    page.locator(".row a.name").first().click();
    assertThat(page.locator("main")).containsText("Its calls");
    shot(page, "dead-letter");
    button(page, "Mend and replay").click();
    Locator request = page.getByLabel("Request");
    request.fill(request.inputValue().replace("[[sluice:400]] ", ""));
    page.getByLabel("Why").fill("the fault is taken out");
    button(page, "Replay it so").click();
    assertThat(page.locator("main")).containsText("replayed");
    assertThat(page.locator("main")).containsText("the fault is taken out");
    page.getByText(Pattern.compile("^[0-9a-f]{8}-")).first().click();
    await()
        .atMost(SOON)
        .until(
            () -> {
              button(page, "Look again").click();
              return page.locator(".sub .badge").first().innerText().equals("completed");
            });
    shot(page, "task-mended");
    page.context().close();
  }

  /** Waits until something has died. */
  private static void showDeadLetters(Page page) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              go(page, "dead");
              page.waitForSelector(".row, .empty");
              return page.locator(".row").count() > 0;
            });
  }

  @Test
  void theAdministratorSeesAllProjectsAndOneAtATime() {
    String green = sluice().cli("keys", "create", "somebody", "--project", "green").out().strip();
    submit(Map.of("SLUICE_URL", url(), "SLUICE_API_KEY", green), "Green tasks", 3, "g");
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    go(page, "batches");
    Locator row =
        page.locator(".row").filter(new Locator.FilterOptions().setHasText("Green tasks"));
    assertThat(row.locator(".badge").getByText("green")).isVisible();
    page.getByLabel("Project").selectOption("green");
    assertThat(page.locator(".row")).hasCount(1);
    row.locator("a.name").click();
    assertThat(heading(page)).hasText("Green tasks");
    page.locator(".tasks a").first().click();
    assertThat(heading(page)).hasText("g0");
    page.reload();
    assertThat(heading(page)).hasText("g0");
    page.context().close();
  }

  @Test
  void theStepThatCallsMostIsSeen() throws IOException, InterruptedException {
    for (String step : List.of("judge", "draft", "judge", "judge")) {
      liveCall(step);
    }
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    Locator first = page.locator("[aria-labelledby=o-steps] tbody tr").first();
    assertThat(first).containsText("judge");
    assertThat(first).containsText("75 %");
    page.context().close();
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
  void everyPageFitsANarrowScreenAndTheDark() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(WIDE, NARROW)) {
        Page page = signedIn(width, scheme);
        for (String place : List.of("", "batches", "routes", "dead", "new")) {
          go(page, place);
          fits(page, place.isEmpty() ? "overview" : place, scheme, width);
        }
        go(page, "batches");
        page.getByText(HOSTILE).first().click();
        page.locator(".tasks a").first().waitFor();
        fits(page, "batch", scheme, width);
        page.getByLabel("State").selectOption("failed");
        failedTask(page).click();
        assertThat(page.locator("main")).containsText("Its calls");
        fits(page, "task", scheme, width);
        showDeadLetters(page);
        page.locator(".row a.name").first().click();
        assertThat(page.locator("main")).containsText("Its calls");
        fits(page, "letter", scheme, width);
        page.context().close();
      }
    }
  }

  private static void fits(Page page, String name, ColorScheme scheme, int width) {
    shot(page, "%s-%s-%d".formatted(name, scheme.name().toLowerCase(Locale.ROOT), width));
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .as("%s fits %d", name, width)
        .isEqualTo(true);
  }

  /** The link to a task that ended badly; waits until there is one. */
  private static Locator failedTask(Page page) {
    Locator failed =
        page.locator(".tasks tbody tr")
            .filter(
                new Locator.FilterOptions()
                    .setHas(page.locator(".badge", new Page.LocatorOptions().setHasText("failed"))))
            .locator("a");
    await()
        .atMost(SOON)
        .until(
            () -> {
              button(page, "Look again").click();
              page.waitForSelector(".tasks, .empty");
              return failed.count() > 0;
            });
    return failed.first();
  }

  @Test
  void theKeyboardReachesEverything() {
    Page page = signedIn(WIDE, ColorScheme.LIGHT);
    page.keyboard().press("Tab");
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      reached.add(
          String.valueOf(page.evaluate("document.activeElement.textContent.trim().slice(0, 40)")));
      page.keyboard().press("Tab");
    }
    assertThat(reached).contains("Overview", "Batches", "Routes", "Dead letters", "New batch");
    page.context().close();
  }

  @Test
  void tenOpenPagesCostOneSnapshotASecond() {
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pages.add(signedIn(WIDE, ColorScheme.LIGHT));
    }
    double before = snapshots(pages.getFirst());
    long began = System.nanoTime();
    await().atMost(SOON).pollDelay(Duration.ofSeconds(10)).until(() -> true);
    double made = snapshots(pages.getFirst()) - before;
    double seconds = (System.nanoTime() - began) / 1e9;
    assertThat(made).isBetween(1.0, seconds + 1);
    pages.forEach(page -> page.context().close());
  }

  private static double snapshots(Page page) {
    Object text =
        page.evaluate(
            "key => fetch('/actuator/prometheus', {headers: {Authorization: `Bearer ${key}`}}).then(r => r.text())",
            key());
    return String.valueOf(text)
        .lines()
        .filter(line -> line.startsWith("sluice_overview_snapshot_seconds_count"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private static void go(Page page, String place) {
    page.navigate(url() + "/#/" + place);
    page.waitForSelector("main[data-key='" + place + "'] h1");
    assertThat(page.locator("main")).not().containsText("Listening…");
  }

  private static void shot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")).setFullPage(true));
  }

  private static Locator heading(Page page) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Page signedIn(int width, ColorScheme scheme) {
    return browser().open(width, HEIGHT, scheme, key());
  }

  private static void submit(String name, int tasks, String prefix) {
    submit(sluice().environment(), name, tasks, prefix);
  }

  private static void submit(
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

  private static Chromium browser() {
    return Objects.requireNonNull(chromium);
  }

  private static Path folder() {
    return Objects.requireNonNull(folder);
  }
}
