package dev.sluice.testkit.broker;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Separates the test classes of a JVM: a class never sees queues or messages of an earlier one. */
public final class VirtualHostPerClass implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    TestBroker.nextClass();
  }
}
