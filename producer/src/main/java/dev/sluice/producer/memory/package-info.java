/** Limits on memory that follow the maximum size of the heap. */
@NullMarked
package dev.sluice.producer.memory;

import org.jspecify.annotations.NullMarked;
