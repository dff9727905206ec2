/** The API keys of the projects. Depends on {@code client} and {@code layout}. */
@NullMarked
package dev.sluice.cli.keys;

import org.jspecify.annotations.NullMarked;
