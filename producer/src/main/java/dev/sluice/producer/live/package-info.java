/**
 * Calls whose callers wait: taken at OpenAI's own paths, sent through the live lane, answered as
 * the provider answers. Depends on {@code access}, {@code error}, {@code report} and {@code trace}.
 */
@NullMarked
package dev.sluice.producer.live;

import org.jspecify.annotations.NullMarked;
