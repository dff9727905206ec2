/**
 * Takes tasks from the broker and walks each through limit, call, classify and settle. Depends on
 * all other packages.
 */
@NullMarked
package dev.sluice.worker.consume;

import org.jspecify.annotations.NullMarked;
