package dev.sluice.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.terminal.HumanFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final Progress HALF = new Progress("in_progress", 300, 148, 2, 0, 17, null);
  private static final Rate RATE = new Rate(OptionalLong.of(600), Optional.empty());

  @Test
  void wideTerminalShowsAllParts() {
    assertThat(ProgressLine.bar(HALF, RATE, 132, ProgressLine.Style.ASCII))
        .isEqualTo(
            "###############............... 148 of 300 completed · 2 failed · 150 unfinished · 15 s left"
                + " · 600 tasks/min · 17 responses with 429");
  }

  @Test
  void narrowTerminalOmitsLeastImportantParts() {
    assertThat(ProgressLine.bar(HALF, RATE, 95, ProgressLine.Style.UNICODE))
        .isEqualTo(
            "████████░░░░░░░░░ 148 of 300 completed · 2 failed · 150 unfinished · 15 s left · 600 tasks/min");
    assertThat(ProgressLine.bar(HALF, RATE, 45, ProgressLine.Style.ASCII))
        .isEqualTo("######...... 148 of 300 completed · 2 failed");
    assertThat(ProgressLine.bar(HALF, RATE, 25, ProgressLine.Style.ASCII))
        .isEqualTo("148 of 300 completed");
  }

  @Test
  void lineFitsIntoTerminal() {
    for (int columns = 1; columns < 200; columns++) {
      assertThat(ProgressLine.bar(HALF, RATE, columns, ProgressLine.Style.ASCII))
          .hasSizeLessThanOrEqualTo(columns);
    }
  }

  @Test
  void batchWithoutTaskCountShowsOnlyStatus() {
    Progress validating = new Progress("validating", 0, 0, 0, 0, 0, null);
    assertThat(ProgressLine.plain(validating, Rate.UNKNOWN)).isEqualTo("validating");
    assertThat(ProgressLine.bar(validating, Rate.UNKNOWN, 80, ProgressLine.Style.ASCII))
        .isEqualTo("validating");
  }

  @Test
  void rateOfZeroHasNoTimeLeft() {
    assertThat(ProgressLine.plain(HALF, new Rate(OptionalLong.of(0), Optional.empty())))
        .isEqualTo(
            "148 of 300 completed · 2 failed · 150 unfinished · 0 tasks/min · 17 responses with 429");
  }

  @Test
  void idleTimeIsShownInsteadOfRate() {
    assertThat(ProgressLine.plain(HALF, Rate.idle(Duration.ofSeconds(40))))
        .isEqualTo(
            "148 of 300 completed · 2 failed · 150 unfinished · nothing finished for 40 s"
                + " · 17 responses with 429");
  }

  @Test
  void sizesAreFormatted() {
    assertThat(HumanFormat.bytes(1)).isEqualTo("1 KB");
    assertThat(HumanFormat.bytes(1_001)).isEqualTo("2 KB");
    assertThat(HumanFormat.bytes(999_000)).isEqualTo("999 KB");
    assertThat(HumanFormat.bytes(999_001)).isEqualTo("1.0 MB");
    assertThat(HumanFormat.bytes(12_345_678)).isEqualTo("12.3 MB");
  }

  @Test
  void durationsAreFormatted() {
    assertThat(HumanFormat.duration(Duration.ofSeconds(31))).isEqualTo("31 s");
    assertThat(HumanFormat.duration(Duration.ofSeconds(250))).isEqualTo("4 min 10 s");
    assertThat(HumanFormat.duration(Duration.ofMinutes(125))).isEqualTo("2 h 05 min");
  }
}
