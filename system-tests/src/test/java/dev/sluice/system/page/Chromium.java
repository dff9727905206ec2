package dev.sluice.system.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Drives the installed Chromium with Playwright, which downloads no browser. */
final class Chromium implements AutoCloseable {
  /** Not UTC, so that local times differ from the producer's. */
  private static final String TIME_ZONE = "Asia/Kolkata";

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Playwright playwright;
  private final Browser browser;
  private final String origin;

  /** Console errors and requests to other hosts. */
  final List<String> errors = new CopyOnWriteArrayList<>();

  private Chromium(Playwright playwright, Browser browser, String origin) {
    this.playwright = playwright;
    this.browser = browser;
    this.origin = origin;
  }

  /** Path of the executable. Skips the test if Chromium is not installed. */
  static Path orSkip() {
    Optional<Path> found =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .map(name -> Path.of("/usr/bin", name))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(
        found.isPresent(),
        "Chromium is not installed: `./sluice test` installs it on Debian as root");
    return found.orElseThrow();
  }

  static Chromium start(Path executable, String origin) {
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    .setChromiumSandbox(false));
    return new Chromium(playwright, browser, origin);
  }

  /** Opens the page in a new browser context, without a key. */
  Page open(int width, int height, ColorScheme scheme) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setLocale("en-GB")
                .setTimezoneId(TIME_ZONE));
    context.setDefaultTimeout((double) TIMEOUT.toMillis());
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") && !message.text().contains("401")) {
            errors.add("console: " + message.text());
          }
        });
    page.onPageError(error -> errors.add("page: " + error));
    page.onRequest(
        request -> {
          String url = request.url();
          if (!url.startsWith(origin + "/") && !url.startsWith("blob:" + origin)) {
            errors.add("request: " + url);
          }
        });
    page.navigate(origin + "/");
    return page;
  }

  /** Opens the page in a new browser context and signs in. */
  Page open(int width, int height, ColorScheme scheme, String key) {
    Page page = open(width, height, scheme);
    page.getByLabel("API key").fill(key);
    page.getByText("Sign in").last().click();
    page.waitForSelector("nav");
    return page;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
