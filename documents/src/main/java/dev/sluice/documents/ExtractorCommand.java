package dev.sluice.documents;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The command line and the environment of the extractor process. */
final class ExtractorCommand {
  /** Java needs them for file names; no other variable, such as an API key, is passed on. */
  private static final Set<String> VARIABLES = Set.of("LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT");

  private ExtractorCommand() {}

  static ProcessBuilder builder(Path jar, Path temporary, ExtractionLimits limits) {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + limits.heapMebibytes() + "m",
                "-XX:MaxMetaspaceSize=128m",
                "-XX:MaxDirectMemorySize=32m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xlog:disable",
                "-XX:+DisplayVMOutputToStderr", // stdout is the protocol
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + temporary,
                "-Dpdfbox.fontcache=" + temporary,
                "-jar",
                jar.toAbsolutePath().toString(),
                Long.toString(limits.fileBytes()),
                Integer.toString(limits.textCharacters())));
    builder.environment().keySet().retainAll(VARIABLES);
    builder.directory(temporary.toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder;
  }
}
