/** {@code sluice routes}: shows the state of the routes. */
@NullMarked
package dev.sluice.cli.routes;

import org.jspecify.annotations.NullMarked;
