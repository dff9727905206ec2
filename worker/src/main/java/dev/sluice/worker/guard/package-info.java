/**
 * Keeps prompts within the model's window, before a call is paid for. Depends on {@code limit} for
 * the count of tokens.
 */
@NullMarked
package dev.sluice.worker.guard;

import org.jspecify.annotations.NullMarked;
