/** What a reply means for the task. Depends on {@code provider}. */
@NullMarked
package dev.sluice.worker.classify;

import org.jspecify.annotations.NullMarked;
