/**
 * The options that every command has. Depends on {@code client}, {@code json} and {@code terminal}.
 */
@NullMarked
package dev.sluice.cli.invocation;

import org.jspecify.annotations.NullMarked;
