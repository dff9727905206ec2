package dev.sluice.bench.harness;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.Folders;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import picocli.CommandLine.Option;

/** Writes results to the pages in {@code docs} if {@code --publish} is set. */
public final class Report {
  @Option(
      names = "--publish",
      order = 90,
      description = "Also write the result to its page in docs.")
  private boolean publish;

  /** The first sentence of a result: command, date and hardware. */
  public static String caption(String command) {
    return caption(command, LocalDate.now(ZoneOffset.UTC).toString());
  }

  /** As {@link #caption(String)}, for results of other days. */
  public static String caption(String command, String days) {
    return "Written by `%s` on %s; %s.".formatted(command, days, Machine.now().hardware());
  }

  /** Prints a table and publishes it in the page's section. */
  public void write(String page, String section, String table) {
    System.out.print(table);
    publish(page, section, table);
  }

  /**
   * Publishes a table below a chart.
   *
   * @param chart file name of the chart
   * @param svg the chart
   */
  public void publish(String page, String section, String table, String chart, String svg) {
    if (publish) {
      Folders.write(docs().resolve(chart), svg);
      publish(page, section, "![The runs over time](%s)%n%n%s".formatted(chart, table));
    }
  }

  private void publish(String page, String section, String text) {
    if (publish) {
      new GeneratedSection(docs().resolve(page), section).write(text);
    }
  }

  private static Path docs() {
    return Checkout.root().resolve("docs");
  }
}
