/** Limits the heap that a feature may fill with content. */
@NullMarked
package dev.sluice.producer.infrastructure.memory;

import org.jspecify.annotations.NullMarked;
