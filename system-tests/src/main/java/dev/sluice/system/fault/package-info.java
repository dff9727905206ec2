/** Fault suite: injects faults into a running Sluice and accounts for every task. */
@NullMarked
package dev.sluice.system.fault;

import org.jspecify.annotations.NullMarked;
