/**
 * Messages between the workers of an installation and to the producers: holds, worker reports and
 * suspended batches. Depends on {@code limit}.
 */
@NullMarked
package dev.sluice.worker.fleet;

import org.jspecify.annotations.NullMarked;
