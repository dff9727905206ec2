/** HTTP client for the producer's API, and the options with which a command connects to it. */
@NullMarked
package dev.sluice.cli.client;

import org.jspecify.annotations.NullMarked;
