/**
 * Sluice and its rivals, each with four worker processes on one key. Depends on {@code run} and
 * {@code prompt}.
 */
@NullMarked
package dev.sluice.system.contender;

import org.jspecify.annotations.NullMarked;
