package dev.sluice.system.fault;

/** What can be done to a running Sluice. */
interface Incident {

  /** For people. */
  String words();

  /** Whether a process or a connection ends with it: a call in flight then may be paid twice. */
  boolean endsProcessOrConnection();
}
