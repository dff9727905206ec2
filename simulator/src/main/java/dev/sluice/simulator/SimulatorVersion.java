package dev.sluice.simulator;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar's manifest. */
final class SimulatorVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = SimulatorVersion.class.getPackage().getImplementationVersion();
    return new String[] {"simulator " + Objects.requireNonNullElse(version, "unpackaged")};
  }
}
