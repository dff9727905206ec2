package dev.sluice.platform.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @TempDir private @Nullable Path folder;

  @Test
  void secretIsReadAtEachUseWithoutLineBreak() throws IOException {
    Path file = written("first\n");
    SecretFile secret = SecretFile.of("some.setting", file);
    assertThat(secret.read()).isEqualTo("first");

    Files.writeString(file, "second\n");

    assertThat(secret.read()).isEqualTo("second");
  }

  @Test
  void lastValueIsUsedWhileFileIsMissingOrEmpty() throws IOException {
    Path file = written("first");
    SecretFile secret = SecretFile.of("some.setting", file);

    Files.writeString(file, "\n");
    assertThat(secret.read()).isEqualTo("first");
    Files.delete(file);
    assertThat(secret.read()).isEqualTo("first");

    Files.writeString(file, "second");
    assertThat(secret.read()).isEqualTo("second");
  }

  @Test
  void fileWithoutSecretIsRejectedWithSettingAndReason() throws IOException {
    Path empty = written(" \n");
    Path missing = folder().resolve("missing");

    assertThatThrownBy(() -> SecretFile.of("some.setting", empty))
        .hasMessage("some.setting (" + empty + ") is empty");
    assertThatThrownBy(() -> SecretFile.of("some.setting", missing))
        .hasMessage("some.setting (" + missing + ") does not exist");
    assertThatThrownBy(() -> SecretFile.of("some.setting", folder()))
        .hasMessage("some.setting (" + folder() + ") cannot be read (IOException)");
  }

  @Test
  void secretIsNotPrinted() throws IOException {
    assertThat(SecretFile.of("some.setting", written("planted")))
        .asString()
        .doesNotContain("planted");
  }

  private Path written(String text) throws IOException {
    return Files.writeString(folder().resolve("secret"), text);
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
