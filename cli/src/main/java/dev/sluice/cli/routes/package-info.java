/** {@code sluice routes}: shows, holds and releases routes. */
@NullMarked
package dev.sluice.cli.routes;

import org.jspecify.annotations.NullMarked;
