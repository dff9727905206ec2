/**
 * What is done about an outcome, and doing it. Depends on {@code classify}, {@code limit} and
 * {@code measure}.
 */
@NullMarked
package dev.sluice.worker.settle;

import org.jspecify.annotations.NullMarked;
