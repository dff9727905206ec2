/** {@code sluice map}: sends one request per row of a table. */
@NullMarked
package dev.sluice.cli.map;

import org.jspecify.annotations.NullMarked;
