/**
 * What a reply means for the task, and what it tells of the provider's limits. Depends on {@code
 * provider} and on the terms of {@code limit}.
 */
@NullMarked
package dev.sluice.worker.classify;

import org.jspecify.annotations.NullMarked;
