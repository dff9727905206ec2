/** HTTP client for the producer's API. */
@NullMarked
package dev.sluice.cli.client;

import org.jspecify.annotations.NullMarked;
