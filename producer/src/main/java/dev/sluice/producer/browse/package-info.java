/**
 * The tasks of a batch, for people who look into them. Depends on {@code access}, {@code batch},
 * {@code error}, {@code listing} and {@code explain}.
 */
@NullMarked
package dev.sluice.producer.browse;

import org.jspecify.annotations.NullMarked;
