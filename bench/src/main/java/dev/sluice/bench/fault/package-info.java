/** Fault suite: injects faults into a running Sluice and accounts for every task. */
@NullMarked
package dev.sluice.bench.fault;

import org.jspecify.annotations.NullMarked;
