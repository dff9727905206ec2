/**
 * The callers that wait for a task while it is worked on: asked before a call, served while it
 * streams. Depends on {@code provider}.
 */
@NullMarked
package dev.sluice.worker.live;

import org.jspecify.annotations.NullMarked;
