/** Creates the trace of each task when it is published and ends it when its outcome is stored. */
@NullMarked
package dev.sluice.producer.infrastructure.trace;

import org.jspecify.annotations.NullMarked;
