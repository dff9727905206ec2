package dev.sluice.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar's manifest. */
final class CliVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String jar = SluiceCli.class.getPackage().getImplementationVersion();
    return new String[] {"sluice " + Objects.requireNonNullElse(jar, "(not packaged)")};
  }
}
