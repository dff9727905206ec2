package dev.sluice.simulator;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest tells. */
final class SimulatorVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = SimulatorVersion.class.getPackage().getImplementationVersion();
    return new String[] {"simulator " + Objects.requireNonNullElse(version, "unpackaged")};
  }
}
