package dev.sluice.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The jar's version. */
final class CliVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String jar = SluiceCli.class.getPackage().getImplementationVersion();
    return new String[] {"sluice " + Objects.requireNonNullElse(jar, "(not packaged)")};
  }
}
