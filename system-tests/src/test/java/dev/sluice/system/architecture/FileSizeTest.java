package dev.sluice.system.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits the size of the source files of all modules. */
class FileSizeTest {
  private static final int MAX_LINES = 300;

  @Test
  void noSourceFileHasMoreThan300Lines() throws IOException {
    try (Stream<Path> modules = Files.list(Checkout.root())) {
      assertThat(modules.map(module -> module.resolve("src/main/java")).filter(Files::isDirectory))
          .isNotEmpty()
          .allSatisfy(FileSizeTest::hasNoLongFile);
    }
  }

  private static void hasNoLongFile(Path sources) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(file).satisfies(FileSizeTest::isShort));
    }
  }

  private static void isShort(Path file) throws IOException {
    assertThat(Files.readAllLines(file)).as("%s", file).hasSizeLessThanOrEqualTo(MAX_LINES);
  }
}
