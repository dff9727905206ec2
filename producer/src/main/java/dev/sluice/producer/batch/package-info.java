/**
 * A batch: its state, its way from one status to the next, its endpoints. Depends on {@code
 * access}, {@code error}, {@code file}, {@code listing}, {@code quota} and {@code trace}.
 */
@NullMarked
package dev.sluice.producer.batch;

import org.jspecify.annotations.NullMarked;
