/** The producer over HTTP, and nothing else. Depends on {@code json} and {@code terminal}. */
@NullMarked
package dev.sluice.cli.client;

import org.jspecify.annotations.NullMarked;
