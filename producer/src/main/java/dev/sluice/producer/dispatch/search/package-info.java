/** Finds the lost tasks of a route whose workers are busy. */
@NullMarked
package dev.sluice.producer.dispatch.search;

import org.jspecify.annotations.NullMarked;
