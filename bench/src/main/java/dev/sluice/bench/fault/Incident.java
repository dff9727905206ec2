package dev.sluice.bench.fault;

/** A fault that can be injected into a running Sluice. */
interface Incident {

  /** Description for the report. */
  String description();

  /** Whether it ends a process or a connection, so that calls in flight may be paid twice. */
  boolean endsProcessOrConnection();
}
