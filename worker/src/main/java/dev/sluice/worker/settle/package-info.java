/**
 * What is done about an outcome, and doing it. Depends on {@code classify}, {@code limit} and
 * {@code telemetry}.
 */
@NullMarked
package dev.sluice.worker.settle;

import org.jspecify.annotations.NullMarked;
