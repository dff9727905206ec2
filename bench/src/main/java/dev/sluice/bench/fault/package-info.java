/** Fault suite, rolling restart and rolling upgrade: each accounts for every task. */
@NullMarked
package dev.sluice.bench.fault;

import org.jspecify.annotations.NullMarked;
