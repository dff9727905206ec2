/**
 * Tells others over HTTP that a batch has ended. Depends on {@code access}, {@code batch}, {@code
 * error}, {@code listing} and {@code loop}.
 */
@NullMarked
package dev.sluice.producer.webhook;

import org.jspecify.annotations.NullMarked;
