/** How the routes go, and why no faster. Depends on {@code client}. */
@NullMarked
package dev.sluice.cli.routes;

import org.jspecify.annotations.NullMarked;
