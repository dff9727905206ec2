/** Bounds the memory of request bodies and downloads, in total and for each project. */
@NullMarked
package dev.sluice.producer.access.memory;

import org.jspecify.annotations.NullMarked;
